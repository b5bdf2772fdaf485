import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import { describeWith } from '../support/parts.ts'
import { readDocuments } from './documents.ts'
import { openStage, type Stage } from './stage.ts'
import { isNeed, needs } from './started-parts.ts'

/** Every command that the documentation shows does what it says, or says why it is not run. */
describe('commands of the documentation', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage?.close())

  for (const document of readDocuments()) {
    for (const block of document.blocks) {
      const { language, code, line, runs, notRun } = block
      if (language !== 'sh' || notRun !== undefined) continue
      const parts = runs.filter(isNeed).flatMap((need) => [...needs[need]])
      describeWith(parts, `${document.path}:${line}`, () => {
        test(`runs: ${code.split('\n', 1)[0]}`, async () => {
          const run = await stage.run(document.blocks, block)
          expect(run.code, run.stdout + run.stderr).toBe(0)
        }, 120_000)
      })
    }
  }
})

describeWith(['dockerd', 'docker', 'docker-registry'], 'the examples of --help', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage?.close())

  test('run, each by itself', async () => {
    const { stdout } = await runCli(['--help'])
    const examples = [...stdout.matchAll(/^ {2}(ngc-replicator .*)$/gm)].map(
      ([, line = '']) => line,
    )
    expect(examples.length).toBeGreaterThan(5)
    for (const code of examples) {
      const run = await stage.run([], { code, runs: ['docker', 'registry'] })
      expect(run.code, code + run.stdout + run.stderr).toBe(0)
    }
  }, 120_000)
})

const blocks = readDocuments().flatMap(({ path, blocks: all }) =>
  all.map((block) => ({ ...block, at: `${path}:${block.line}` })),
)

test('a block is of a language that the tests know', () => {
  const known = new Set(['sh', 'powershell', 'text', 'json', 'yaml'])
  expect(blocks.filter(({ language }) => !known.has(language)).map(({ at }) => at)).toEqual([])
})

test('a block asks for nothing that there is not', () => {
  expect(
    blocks.flatMap(({ at, runs }) =>
      runs.filter((word) => !isNeed(word)).map((word) => [at, word]),
    ),
  ).toEqual([])
})

test('few blocks are not run, and say why', () => {
  const left = blocks.filter(({ notRun }) => notRun !== undefined)
  expect(left.every(({ notRun = '' }) => notRun.length > 20)).toBe(true)
  expect(left.length).toBeLessThan(blocks.filter(({ language }) => language === 'sh').length / 5)
})

test('no program of another shell hides from being run', () => {
  const powershell = blocks.filter(({ language }) => language === 'powershell')
  expect(powershell.filter(({ notRun }) => notRun === undefined)).toEqual([])
})
