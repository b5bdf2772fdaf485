import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { carry, missingOf } from '../../main/carried-app/carry.ts'
import type { CarriedFile } from '../../main/carried-app/carried-file.ts'
import { readInstallers } from '../../main/carried-app/installers.ts'
import { packApp } from '../../main/carried-app/pack-app.ts'
import { inventory } from '../../main/library/inventory.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { openChecksums, readChecksums } from '../../main/state/checksums.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { madeApp } from '../support/made-app.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { smallDisk } from '../support/small-disk.ts'

let drive: string
let app: CarriedFile

beforeEach(async () => {
  drive = await temporaryFolder()
  app = await packApp(await madeApp(await temporaryFolder()))
})

const never = new AbortController().signal
const put = (file: CarriedFile): Promise<void> => carry(drive, file, openChecksums(drive), never)
const archive = (): string => join(drive, 'app', app.name)
const sumsHold = async (): Promise<string> =>
  (await promisify(execFile)('sha256sum', ['-c', 'SHA256SUMS'], { cwd: drive })).stdout

describe('the application on a drive', () => {
  test('is there with its sum and a word on how to install it', async () => {
    expect(await missingOf(drive, [app])).toEqual([app])
    await put(app)
    expect((await readdir(join(drive, 'app'))).toSorted()).toEqual(['README.txt', app.name])
    expect((await stat(archive())).size).toBe(app.sizeBytes)
    expect(await sumsHold()).toBe(`app/${app.name}: OK\n`)
    expect(await missingOf(drive, [app])).toEqual([])
  })

  test('takes the place of one that is cut off, or is another by its sum', async () => {
    await put(app)
    await writeFile(archive(), 'cut off')
    expect(await missingOf(drive, [app])).toEqual([app])
    await put(app)
    await writeFile(join(drive, 'SHA256SUMS'), `${'0'.repeat(64)}  app/${app.name}\n`)
    expect(await missingOf(drive, [app])).toEqual([app])
    await put(app)
    expect(await sumsHold()).toBe(`app/${app.name}: OK\n`)
  })

  test('takes the place of its older version, and of nothing else', async () => {
    const older = { ...app, name: app.name.replace('1.2.3', '1.2.2') }
    const other = { ...app, name: app.name.replace('x64', 'arm64') }
    await put(older)
    await put(other)
    await writeFile(join(drive, 'app', 'ngc-replicator-1.0.0-linux-x64.tar'), 'not listed')
    await put(app)
    const sums = await readChecksums(drive)
    expect([...sums.keys()]).toEqual([`app/${other.name}`, `app/${app.name}`])
    expect(await readdir(join(drive, 'app'))).toContain('ngc-replicator-1.0.0-linux-x64.tar')
  })

  test('is verified by its sum, and is no image', async () => {
    await put(app)
    expect((await inventory(drive)).images).toEqual([])
    const { files } = await verifyFiles({ folder: drive })
    expect(files).toMatchObject([{ file: `app/${app.name}`, ok: true, problems: [] }])
    await writeFile(archive(), 'other bytes')
    const again = await verifyFiles({ folder: drive })
    expect(again.files).toMatchObject([{ ok: false, problems: [{ kind: 'checksum' }] }])
  })

  test('leaves nothing when it is stopped', async () => {
    const stopped = new AbortController()
    const stopping = {
      ...app,
      async *bytes() {
        yield* [Buffer.alloc(10)]
        stopped.abort()
        yield Buffer.alloc(10)
      },
    }
    const run = carry(drive, stopping, openChecksums(drive), stopped.signal)
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(join(drive, 'app'))).toEqual([])
  })

  test('follows no link out of the drive', async () => {
    const elsewhere = await temporaryFolder()
    await symlink(elsewhere, join(drive, 'app'))
    await expect(put(app)).rejects.toMatchObject({ code: 'destination' })
    expect(await readdir(elsewhere)).toEqual([])
  })

  test('leaves a README.txt of somebody else', async () => {
    await mkdir(join(drive, 'app'))
    await writeFile(join(drive, 'app', 'README.txt'), 'my apps')
    await put(app)
    expect(await readFile(join(drive, 'app', 'README.txt'), 'utf8')).toBe('my apps')
  })
})

describeWith(['fusefat', 'mkfs.fat'], 'a FAT drive', () => {
  test('takes it under its name', async () => {
    const fat = await fatDrive(20_000_000)
    await carry(fat, app, openChecksums(fat), never)
    expect(await missingOf(fat, [app])).toEqual([])
  })
})

describeWith(['losetup', 'mkfs.ext4'], 'a full drive', () => {
  test('is told as such, and keeps nothing of it', async () => {
    const small = await smallDisk(2_000_000)
    const run = carry(small, app, openChecksums(small), never)
    await expect(run).rejects.toMatchObject({ code: 'no-space' })
    expect(await readdir(join(small, 'app'))).toEqual([])
  })
})

describe('the files of a release', () => {
  const sum = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

  test('are carried as its SHA256SUMS lists them', async () => {
    const release = await temporaryFolder()
    await writeFile(join(release, 'ngc-replicator-1.2.3-linux-amd64.deb'), 'hello')
    await writeFile(join(release, 'SHA256SUMS'), `${sum}  ngc-replicator-1.2.3-linux-amd64.deb\n`)
    for (const file of await readInstallers(release)) await put(file)
    expect(await sumsHold()).toBe('app/ngc-replicator-1.2.3-linux-amd64.deb: OK\n')
  })

  test('are refused where they are other bytes, and nothing of them stays', async () => {
    const release = await temporaryFolder()
    await writeFile(join(release, 'a.deb'), 'hullo')
    await writeFile(join(release, 'SHA256SUMS'), `${sum}  a.deb\n`)
    const [file] = await readInstallers(release)
    await expect(put(file!)).rejects.toMatchObject({ code: 'damaged' })
    expect(await readdir(join(drive, 'app'))).toEqual([])
  })

  test.each(['missing.deb', '../outside.deb'])('are refused without %s', async (name) => {
    const release = await temporaryFolder()
    await writeFile(join(release, 'SHA256SUMS'), `${sum}  ${name}\n`)
    await expect(readInstallers(release)).rejects.toMatchObject({ code: 'usage' })
    await expect(readInstallers(drive)).rejects.toMatchObject({ code: 'usage' })
  })
})
