import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openChecksums, readChecksums } from '../../main/state/checksums.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sums-'))
})
afterEach(() => rm(folder, { recursive: true }))

const sum = (text: string): string => createHash('sha256').update(text).digest('hex')

test('sha256sum accepts the file, and sums of files that a tarball no longer has are dropped', async () => {
  await writeFile(join(folder, 'a.tar'), 'a')
  await writeFile(join(folder, 'b.tar'), 'b')
  const checksums = openChecksums(folder)
  await checksums.replace('a.tar', [{ name: 'a.tar', sha256: sum('a') }])
  await checksums.replace('b.tar', [
    { name: 'b.tar.000', sha256: sum('0') },
    { name: 'b.tar.001', sha256: sum('1') },
  ])
  await openChecksums(folder).replace('b.tar', [{ name: 'b.tar', sha256: sum('b') }])
  expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })).toBe(
    'a.tar: OK\nb.tar: OK\n',
  )
  expect([...(await readChecksums(folder)).keys()]).toEqual(['a.tar', 'b.tar'])
})
