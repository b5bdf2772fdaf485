import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openTarball } from '../../main/archive/parts.ts'
import { verifyTarball } from '../../main/archive/verify.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { practiceImage, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))

it('a file that may grow no further becomes the first part', async () => {
  const folder = await temporaryFolder()
  const script = join(here, '../support/write-limited.ts')
  // The limit of the shell answers EFBIG, as FAT does; blocks are 1 KiB in bash.
  const command = `ulimit -f 700; exec "$0" "$1" "$2"`
  await run('bash', ['-c', command, process.execPath, script, folder])
  const files = await readdir(folder)
  expect(files).toEqual(['practice.tar.000', 'practice.tar.001', 'practice.tar.002'])
  const tarball = await openTarball(files.map((file) => join(folder, file)))
  expect(tarball.files.map((file) => file.sizeBytes).slice(0, 2)).toEqual([700 * 1024, 700 * 1024])
  expect(await verifyTarball(tarball)).toEqual([])
  await tarball.close()
})

describeWith(['fusefat', 'mkfs.fat'], 'a FAT drive', () => {
  it('takes a tarball, in parts, and gives it back', async () => {
    const folder = await fatDrive(16 * 2 ** 20)
    const image = practiceImage('fat', 5_000_000)
    const { files } = await writeImage(folder, image, { maxFileSizeBytes: 2_000_000 })
    const tarball = await openTarball(files.map((file) => join(folder, file.name)))
    expect(await verifyTarball(tarball)).toEqual([])
    await tarball.close()
  })

  it('that is full is told as such, and what was written is taken back', async () => {
    const folder = await fatDrive(4 * 2 ** 20)
    const image = practiceImage('too large', 8_000_000)
    await expect(writeImage(folder, image)).rejects.toMatchObject({ code: 'no-space' })
    expect(await readdir(folder)).toEqual([])
  })
})
