import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openState } from '../../main/state/state-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'))
})
afterEach(() => rm(folder, { recursive: true }))

const given = (text: string): Promise<void> => writeFile(join(folder, 'state.yml'), text)
const written = (): Promise<string> => readFile(join(folder, 'state.yml'), 'utf8')

const seeds = `!!python/object/apply:collections.defaultdict
args:
- !!python/name:builtins.dict ''
dictitems:
  nvidia/tensorflow:
    18.04-py2: '2018-04-20T00:00:00.2Z'
    18.10: 2018-10-20
`

test('the seed’s own file is read', async () => {
  await given(seeds)
  const state = await openState(folder)
  expect(state.get('nvidia/tensorflow', '18.04-py2')).toBe('2018-04-20T00:00:00.2Z')
  expect(state.get('nvidia/tensorflow', '18.10')).toBe('2018-10-20')
  expect(state.get('nvidia/tensorflow', '18.1')).toBeUndefined()
})

test('what is recorded is a plain mapping that keeps what was there, and reads back', async () => {
  await given(seeds)
  const state = await openState(folder)
  await Promise.all([
    state.record('nvidia/pytorch', '24.01-py3', '2024-01-30T00:00:00Z'),
    state.record('nvidia/pytorch', '18.10', 'key'),
  ])
  expect(await written()).toBe(`nvidia/pytorch:
  "18.10": 'key'
  24.01-py3: '2024-01-30T00:00:00Z'
nvidia/tensorflow:
  18.04-py2: '2018-04-20T00:00:00.2Z'
  "18.10": '2018-10-20'
`)
  expect((await openState(folder)).get('nvidia/pytorch', '18.10')).toBe('key')
  expect(await readdir(folder)).toEqual(['state.yml'])
})

test('a missing, an empty and a comment-only file are an empty state', async () => {
  for (const text of [undefined, '', '# nothing\n']) {
    if (text !== undefined) await given(text)
    expect((await openState(folder)).get('a', 'b')).toBeUndefined()
  }
})

test('a malicious file constructs nothing', async () => {
  const proof = join(folder, 'proof')
  await given(`!!python/object/apply:os.system ['touch ${proof}']`)
  await expect(openState(folder)).rejects.toMatchObject({ code: 'damaged' })
  await given(
    `nvidia/pytorch:\n  '24.01': !!python/object/apply:os.system ['touch ${proof}']\n  __proto__: {polluted: yes}\n`,
  )
  const state = await openState(folder)
  expect(state.get('nvidia/pytorch', '24.01')).toBe('')
  expect(existsSync(proof)).toBe(false)
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test.each([
  ['broken YAML', 'a: [b'],
  ['a list', '- a'],
  ['tags that are no mapping', 'nvidia/pytorch: 3'],
  ['a mapping with aliases that never end', 'a: &a {b: *a, c: *a}\nd: [*a, *a]'],
])('%s is said with the file’s name and left as it is', async (_, text) => {
  await given(text)
  await expect(openState(folder)).rejects.toThrow(/state\.yml cannot be read/)
  expect(await written()).toBe(text)
})

test('what another run recorded, or somebody deleted, since it was opened stays so', async () => {
  await given("a/one:\n  '1': 'key'\n  '2': 'key'\n")
  const [first, second] = [await openState(folder), await openState(folder)]
  await first.record('a/two', '1', 'key')
  await given((await written()).replace(/.*2.*: 'key'\n/, ''))
  await second.record('a/three', '1', 'key')
  const now = await openState(folder)
  expect(['a/one', 'a/two', 'a/three'].map((name) => now.get(name, '1'))).toEqual(
    Array.from({ length: 3 }, () => 'key'),
  )
  expect(now.get('a/one', '2')).toBeUndefined()
})

test('a file that was spoilt since it was opened is left as it is', async () => {
  const state = await openState(folder)
  await given('a: [b')
  await expect(state.record('a/two', '1', 'key')).rejects.toMatchObject({ code: 'damaged' })
  expect(await written()).toBe('a: [b')
})
