import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectDestination } from '../../main/disk/destination.ts'
import { largestFileBytes, parseMountInfo } from '../../main/disk/file-system.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'destination-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a folder that is yet to be made is judged by the one above it, and nothing is made', async () => {
  const found = await inspectDestination(join(folder, 'a', 'b'))
  expect(found).toMatchObject({ folder: join(folder, 'a', 'b'), exists: false })
  expect(found.freeBytes).toBeGreaterThan(0)
  expect(await readdir(folder)).toEqual([])
})

test('a file is no destination', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(inspectDestination(join(folder, 'file'))).rejects.toMatchObject({
    code: 'destination',
  })
  await expect(inspectDestination(join(folder, 'file', 'below'))).rejects.toMatchObject({
    code: 'destination',
  })
})

const table = `22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /media/my\\040stick rw,nosuid shared:2 - vfat /dev/sda1 rw
41 22 0:36 / /media rw - tmpfs tmpfs rw
42 41 0:37 / /media/fuse rw - fuse.fusefat fusefat rw
`

test('the table of mounts tells the file system, blanks in names included', () => {
  expect(parseMountInfo(table, '/media/my stick/images')?.fileSystem).toBe('vfat')
  expect(parseMountInfo(table, '/media/my stickier')?.fileSystem).toBe('tmpfs')
  expect(parseMountInfo(table, '/home')?.fileSystem).toBe('ext4')
  expect(parseMountInfo('nonsense', '/home')).toBeUndefined()
})

test('FAT holds no file of 4 GiB, and ext4 has no limit that matters', () => {
  expect(largestFileBytes('vfat')).toBe(4_294_967_295)
  expect(largestFileBytes('fuse.fusefat')).toBe(2_147_483_647)
  expect(largestFileBytes('ext4')).toBeUndefined()
})
