import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tarballName } from '../../main/archive/name.ts'
import { nameClashes } from '../../main/library/name-clashes.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { parseReference } from '../../main/registry/reference.ts'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { eventsOf, runCli } from '../support/cli.ts'
import { exfatDrive } from '../support/loop-drive.ts'
import { amd64, practiceImage, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

const practice = 'nvcr.io_nvidia_practice_24.05-py3_linux-amd64.tar'

it('where case counts, no file is in the way of another', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, practice.toUpperCase()), 'mine')
  expect(await nameClashes(folder, new Set([practice]))).toEqual(new Map())
  expect(await nameClashes(join(folder, 'none'), new Set([practice]))).toEqual(new Map())
})

describeWith(['mkfs.exfat', 'mount.exfat-fuse', 'losetup'], 'exFAT, which ignores case', () => {
  it('keeps two images apart whose tags differ in case only', async () => {
    const folder = await exfatDrive(16 * 2 ** 20)
    for (const reference of ['nvcr.io/nvidia/practice:v1', 'nvcr.io/nvidia/practice:V1']) {
      const name = tarballName(parseReference(reference), amd64)
      await writeImage(folder, practiceImage(reference), { reference, name })
    }
    const { files } = await verifyFiles({ folder })
    expect(files.map(({ ok }) => ok)).toEqual([true, true])
  })

  it('has files in the way, parts and leftovers too, and none that is the same', async () => {
    const folder = await exfatDrive(16 * 2 ** 20)
    await writeFile(join(folder, `${practice.toUpperCase()}.000`), 'mine')
    await writeFile(join(folder, 'other.tar'), '')
    const clashes = await nameClashes(folder, new Set([practice, 'other.tar']))
    expect([...clashes.keys()]).toEqual([practice])
    expect(clashes.get(practice)?.message).toBe(
      `${practice.toUpperCase()}.000 is in the way: the drive takes ${practice} for it.`,
    )
  })

  it('is planned without what would overwrite a file, and the rest is saved', async () => {
    const drive = await exfatDrive(64 * 2 ** 20)
    const sandbox = await startSandbox()
    try {
      const site = join(await temporaryFolder(), 'site.json')
      await writeFile(site, JSON.stringify(sandbox.site))
      const mine = 'NVCR.IO_nvidia_pytorch_24.05-py3_linux-amd64.tar'
      await writeFile(join(drive, mine), 'mine')
      const args = ['--site', site, '--output-path', drive, '--json']
      const run = await runCli([...args, 'nvidia/pytorch:24.05-py3', 'nvidia/pytorch:24.04-py3'])
      expect(run.code).toBe(1)
      expect(run.stderr).toContain(`${mine} is in the way`)
      expect(eventsOf(run, 'image').map(({ state }) => state)).toEqual(['failed', 'saved'])
      expect(await readFile(join(drive, mine), 'utf8')).toBe('mine')
      expect(await readdir(drive)).toContain('load.sh')
    } finally {
      await sandbox.close()
    }
  })
})
