import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { probeWriteSpeed } from '../../main/disk/write-speed.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { exfatDrive } from '../support/loop-drive.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

const module = join(import.meta.dirname, '../../main/disk/write-speed.ts')

it('a drive is written to, and nothing stays, also of a probe that was forgotten', async () => {
  const folder = await temporaryFolder()
  const forgotten = join(folder, '.ngc-replicator-0123456789ab.tmp')
  await writeFile(forgotten, '')
  await utimes(forgotten, 1, 1)
  await writeFile(join(folder, '.ngc-replicator-now456789abc.tmp'), 'not ours')
  expect(await probeWriteSpeed(folder)).toBeGreaterThan(0)
  expect(await readdir(folder)).toEqual(['.ngc-replicator-now456789abc.tmp'])
})

it('a probe that is killed leaves nothing', async () => {
  const folder = await temporaryFolder()
  const script = `import { probeWriteSpeed } from ${JSON.stringify(module)}
    import { watch } from 'node:fs'
    watch(${JSON.stringify(folder)}, () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20))
    await probeWriteSpeed(${JSON.stringify(folder)})
    await new Promise(() => setInterval(() => undefined, 1000))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
  expect(await readdir(folder)).toEqual([])
})

it('a folder that takes nothing has no speed', async () => {
  expect(await probeWriteSpeed(join(await temporaryFolder(), 'none'))).toBeUndefined()
  expect(await probeWriteSpeed('/proc')).toBeUndefined()
  const stopped = AbortSignal.abort()
  expect(await probeWriteSpeed(await temporaryFolder(), stopped)).toBeUndefined()
})

describeWith(['fusefat', 'mkfs.fat'], 'a FAT drive', () => {
  it('is probed too', async () => {
    const folder = await fatDrive(64 * 2 ** 20)
    expect(await probeWriteSpeed(folder)).toBeGreaterThan(0)
    expect(await readdir(folder)).toEqual([])
  })
})

describeWith(['mkfs.exfat', 'mount.exfat-fuse', 'losetup'], 'an exFAT drive', () => {
  it('is probed too', async () => {
    const folder = await exfatDrive(64 * 2 ** 20)
    expect(await probeWriteSpeed(folder)).toBeGreaterThan(0)
    expect(await readdir(folder)).toEqual([])
  })
})
