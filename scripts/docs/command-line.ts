import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProgram } from '../../main/cli/program.ts'
import { referenceOf } from './reference.ts'

/** The program as it tells of itself; it is never run. */
export function describedProgram(): ReturnType<typeof createProgram> {
  const nowhere = { print: () => undefined, complain: () => undefined, isTerminal: false }
  return createProgram(nowhere, new AbortController().signal, () => undefined)
}

/** docs/command-line.md as it is, and as it should be: what stands below its mark is made from the program. */
export function readCommandLine(): { is: string; shouldBe: string } {
  const is = readFileSync(PATH, 'utf8')
  const above = is.slice(0, is.indexOf(MARK) + MARK.length)
  return { is, shouldBe: `${above}\n\n${referenceOf(describedProgram())}` }
}

const PATH = join(import.meta.dirname, '..', '..', 'docs', 'command-line.md')
const MARK = '<!-- What follows is made by `npm run docs`. -->'

if (import.meta.main) writeFileSync(PATH, readCommandLine().shouldBe)
