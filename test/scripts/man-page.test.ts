import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { describedProgram } from '../../scripts/docs/command-line.ts'
import { manPageOf } from '../../scripts/docs/man-page.ts'
import { describeWith } from '../support/parts.ts'

const program = describedProgram()

describeWith(['groff'], 'the manual page', () => {
  const read = spawnSync('groff', ['-man', '-ww', '-K', 'utf8', '-T', 'utf8', '-P', '-cbou'], {
    input: manPageOf(program),
  })
  const text = read.stdout.toString()

  test('is read without a complaint', () => {
    expect(read.stderr.toString()).toBe('')
    expect(read.status).toBe(0)
  })

  test('tells of every command, and of every option that the help shows', () => {
    const words = new Set(text.split(/[\s,]+/))
    for (const { name, options } of [program, ...program.commands].map((command) => ({
      name: command.name(),
      options: command.options.filter(({ hidden }) => !hidden),
    }))) {
      expect(words).toContain(name)
      for (const { long } of options) expect(words).toContain(long)
    }
  })

  test('shows what can be copied into a shell', () => {
    expect(text).toContain('ngc-replicator nvidia/pytorch:24.01-py3 --output-path /media/stick')
  })
})
