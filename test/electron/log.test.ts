import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../../main/electron/log.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'))
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

test('a line is written with its time, a bug with its stack', () => {
  const path = join(folder, 'logs', 'desktop.log')
  createLog(path)('It broke.', new TypeError('no such thing'))
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z It broke\.\nTypeError: no such thing\n {4}at /)
})

test('secrets are taken out on the way', () => {
  const path = join(folder, 'desktop.log')
  createLog(path)('The key nvapi-abcdefgh was refused.', new Error('Bearer abcdefgh12345678'))
  expect(readFileSync(path, 'utf8')).not.toContain('abcdefgh')
})

test('a long log becomes the old one, and a new one begins', () => {
  const path = join(folder, 'desktop.log')
  writeFileSync(path, 'x'.repeat(1_000_001))
  createLog(path)('After.')
  expect(readdirSync(folder).toSorted()).toEqual(['desktop.log', 'desktop.log.old'])
  expect(readFileSync(path, 'utf8')).toMatch(/After\.\n$/)
})

test('a place that cannot be written is no crash', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => createLog(join(folder, 'file', 'desktop.log'))('Lost.')).not.toThrow()
})

test('a reader of standard error that goes away is no error, which would be logged for ever', async () => {
  const path = join(folder, 'desktop.log')
  const module = new URL('../../main/electron/log.ts', import.meta.url).href
  const program = `
    const { createLog } = await import(${JSON.stringify(module)})
    const log = createLog(${JSON.stringify(path)})
    process.on('uncaughtException', () => process.exit(1))
    log('Heard.')
    process.stdin.resume().once('end', () => log('Unheard.'))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
  await once(child.stderr, 'data')
  child.stderr.destroy()
  child.stdin.end()
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(readFileSync(path, 'utf8')).toMatch(/Heard\.\n.* Unheard\.\n$/)
})
