import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askedPath } from '../../main/electron/asked-folder.ts'

test('a start is asked for the last argument that is there, and not for options or the application itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'asked-'))
  const given = { isPackaged: false, cwd: tmpdir(), appPath: '/' }
  expect(await askedPath(['electron', '.', '--no-sandbox', folder], given)).toBe(folder)
  expect(await askedPath(['electron', '.', '--user-data-dir=/tmp', '/'], given)).toBeUndefined()
  expect(await askedPath(['electron', '.', '/gone'], given)).toBeUndefined()
  expect(await askedPath(['app', folder], { ...given, isPackaged: true })).toBe(folder)
  rmSync(folder, { recursive: true })
})
