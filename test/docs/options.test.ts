import { describe, expect, test } from 'vitest'
import { loadSh } from '../../main/drive-files/load-scripts.ts'
import { describedProgram, readCommandLine } from '../../scripts/docs/command-line.ts'
import { readDocuments, type Document } from './documents.ts'

const program = describedProgram()
const documents = readDocuments()

/** The options that a command knows, by its name; the main command is ''. */
const known = new Map<string, Set<string>>([
  ['', longOptions(program)],
  ...program.commands.map((command) => [command.name(), longOptions(command)] as const),
])

function longOptions({ options }: { options: readonly { long?: string }[] }): Set<string> {
  return new Set(['--help', ...options.flatMap(({ long }) => long ?? [])])
}

describe('options in the documentation', () => {
  test('docs/command-line.md tells what the program takes (npm run docs writes it anew)', () => {
    const { is, shouldBe } = readCommandLine()
    expect(is).toBe(shouldBe)
  })

  test('what is hidden in the help is told of in docs/from-the-seed.md', () => {
    const hidden = program.options.filter((option) => option.hidden).map(({ long }) => long)
    const seed = documents.find(({ path }) => path === 'docs/from-the-seed.md')
    for (const option of hidden) expect(seed?.text).toContain(option)
  })

  test.each(documents)('$path gives each command only options that it knows', (document) => {
    expect(commandsOf(document).flatMap(unknownOptions)).toEqual([])
  })

  // Packaging is about Electron's own switches.
  const ours = documents.filter(({ path }) => path !== 'docs/packaging.md')
  test.each(ours)('$path names no option that nothing has', ({ spans }) => {
    const all = new Set([...known.values()].flatMap((options) => [...options]))
    for (const [option] of loadSh.matchAll(/--[a-z][a-z-]+/g)) all.add(option)
    const named = spans.filter((span) => !OTHERS.test(span)).flatMap(optionsOf)
    expect(named.filter((option) => !all.has(option))).toEqual([])
  })
})

/** Spans that begin so are other programs'. */
const OTHERS = /^(?:npm|npx|docker|podman|ctr|skopeo|hauler|git|sudo|vitest|apt-get)\b/

/** Lines that call our program, without what stands before and after it. */
function commandsOf({ blocks, spans }: Document): string[] {
  const code = blocks
    .filter(({ language }) => language === 'sh')
    .map((block) => block.code.replaceAll('\\\n', ' ').replaceAll(/(?:^|\s)#.*$/gm, ''))
  return [...code, ...spans]
    .flatMap((text) => text.split(/\n|\||&&|;/))
    .flatMap((line) => /(?:ngc-replicator|npm run -s cli --) (.*)/.exec(line)?.[1] ?? [])
}

function unknownOptions(command: string): string[] {
  const [first = ''] = command.trim().split(/\s+/)
  const name = known.has(first) ? first : ''
  return optionsOf(command)
    .filter((option) => known.get(name)?.has(option) !== true)
    .map((option) => `${option} of ${command}`)
}

function optionsOf(text: string): string[] {
  return [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option)
}
