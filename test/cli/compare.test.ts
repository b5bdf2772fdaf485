import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { eventsOf, runCli } from '../support/cli.ts'

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox()
  folder = await mkdtemp(join(tmpdir(), 'compare-'))
  await writeFile(join(folder, 'site.json'), JSON.stringify(sandbox.site))
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true })
})

const at = (name: string): string => join(folder, name)
const save = (drive: string, ...args: string[]) =>
  runCli(['--site', at('site.json'), '--output-path', at(drive), '--json', ...args])

test('the next trip carries what the far side lacks, each image for its own platform', async () => {
  await save('ours', 'nvidia/pytorch:24.05-py3')
  await save('ours', 'nvidia/pytorch:24.05-py3', '--platform', 'linux/arm64')
  await save('theirs', 'nvidia/pytorch:24.05-py3')
  await save('theirs', 'nvidia/pytorch:24.04-py3')

  const compared = await runCli([
    'compare',
    at('ours'),
    at('theirs'),
    '--output',
    at('missing.json'),
  ])
  expect(compared).toMatchObject({ code: 1, stderr: '' })
  expect(compared.stdout.split('\n')).toEqual([
    'missing   nvcr.io/nvidia/pytorch:24.05-py3  linux/arm64',
    'extra     nvcr.io/nvidia/pytorch:24.04-py3  linux/amd64',
    '1 image missing, 0 with other content, 1 besides.',
    '',
  ])

  const carried = await save('trip', '--list', at('missing.json'))
  expect(carried).toMatchObject({ code: 0, stderr: '' })
  expect(eventsOf(carried, 'image')).toMatchObject([
    { reference: 'nvcr.io/nvidia/pytorch:24.05-py3', platform: 'linux/arm64', state: 'saved' },
  ])
  const same = await runCli(['compare', at('missing.json'), at('trip')])
  expect(same).toMatchObject({ code: 0, stdout: 'Both hold the same images.\n' })
})

test('the inventory of a drive stands for the drive', async () => {
  await save('drive', 'nvidia/pytorch:24.04-py3')
  const inventory = await runCli(['inventory', at('drive'), '--json'])
  await writeFile(at('inventory.json'), inventory.stdout)
  const compared = await runCli(['compare', at('inventory.json'), at('drive'), '--json'])
  expect(compared).toMatchObject({ code: 0 })
  expect(JSON.parse(compared.stdout)).toEqual({ differences: [] })
})

test('a file that is no list is wrong use, and nothing is written', async () => {
  await writeFile(at('photo.jpg'), 'no list')
  const compared = await runCli(['compare', at('photo.jpg'), at('photo.jpg'), '--output', at('x')])
  expect(compared).toMatchObject({ code: 2, stdout: '' })
  expect(compared.stderr).toContain('photo.jpg is not a list of images')
  await expect(readFile(at('x'))).rejects.toThrow('ENOENT')
})
