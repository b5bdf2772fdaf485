import { join } from 'node:path'
import { expect, it } from 'vitest'
import { load } from '../../main/delivery/load.ts'
import { planLoad } from '../../main/delivery/load-plan.ts'
import { startDocker } from '../support/engines.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { at, goOn, loadAll, recorder, runnable } from '../support/load-stage.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { smallDisk } from '../support/small-disk.ts'

describeWith(['dockerd', 'docker', 'fusefat', 'mkfs.fat'], 'loading from a FAT drive', () => {
  it('streams the parts of a tarball, named by the folder, a part, or their common name', async () => {
    const docker = await startDocker()
    try {
      const engine = await at(docker.socket)
      const drive = await fatDrive(64 * 1024 * 1024)
      const { image, reference } = runnable({ sizeBytes: 5_000_000 })
      const { files } = await writeImage(drive, image, { reference, maxFileSizeBytes: 1_000_000 })
      expect(files.length).toBeGreaterThan(4)
      expect((await loadAll(engine, drive)).told).toEqual([`loaded ${reference}`])
      expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain('carried')
      for (const path of ['practice.tar', 'practice.tar.002']) {
        expect((await loadAll(engine, join(drive, path))).told).toEqual([`skipped ${reference}`])
      }
    } finally {
      await docker.stop()
    }
  })
})

describeWith(['dockerd', 'docker'], 'a Docker that dies', () => {
  it('is told by name, and does not lose what was loaded before', async () => {
    const docker = await startDocker()
    try {
      const engine = await at(docker.socket)
      const folder = await temporaryFolder()
      const images = [runnable(), runnable({ sizeBytes: 30_000_000 }), runnable()]
      for (const [number, { image, reference }] of images.entries()) {
        await writeImage(folder, image, { reference, name: `${number}.tar` })
      }
      const plan = await planLoad({ paths: [folder] }, engine)
      const { told, errors, listener } = recorder()
      let killing: Promise<void> | undefined
      await load(
        plan,
        engine,
        {
          ...listener,
          progress(item, { readBytes }) {
            if (item.file === '1.tar' && readBytes > 1_000_000) killing ??= docker.kill()
          },
        },
        goOn,
      )
      await killing
      expect(told).toEqual([
        `loaded ${images[0]?.reference}`,
        `failed ${images[1]?.reference}`,
        `failed ${images[2]?.reference}`,
      ])
      expect(errors[0]?.message).toMatch(/^Docker \S+ stopped answering\.$/)
      expect(errors[1]?.message).toMatch(/^Docker \S+ does not answer\.$/)
    } finally {
      await docker.stop()
    }
  })
})

describeWith(['dockerd', 'docker', 'mkfs.ext4'], 'a Docker with a small disk', () => {
  it('is told before loading, and in its own words where that was not known', async () => {
    const disk = await smallDisk(48_000_000)
    const docker = await startDocker({ dataRoot: disk })
    try {
      const engine = await at(docker.socket)
      const folder = await temporaryFolder()
      const { image, reference } = runnable({ sizeBytes: 30_000_000 })
      await writeImage(folder, image, { reference })
      const { errors } = await loadAll(engine, folder)
      expect(errors[0]?.message).toMatch(/too little space: .* free, but loading needs 60\.\d MB/)
      const { freeBytes: _, ...facts } = engine.facts
      const unaware = await loadAll({ ...engine, facts }, folder)
      expect(unaware.errors).toMatchObject([{ code: 'no-space' }])
      expect(unaware.errors[0]?.message).toMatch(/^The disk of Docker \S+ is full: /)
      const small = runnable()
      await writeImage(folder, small.image, { reference: small.reference })
      expect((await loadAll(engine, folder)).told).toEqual([`loaded ${small.reference}`])
    } finally {
      await docker.stop()
    }
  })
})
