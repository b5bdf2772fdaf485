import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { load } from '../../main/delivery/load.ts'
import { planLoad } from '../../main/delivery/load-plan.ts'
import type { Engine, EngineOptions } from '../support/engines.ts'
import { farSides } from '../support/far-sides.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { goOn, loadAll, recorder, runnable } from '../support/load-stage.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { smallDisk } from '../support/small-disk.ts'

for (const side of farSides) {
  const { kind, parts, open, runImage } = side
  const start = async (options?: EngineOptions): Promise<Engine> => {
    const engine = await side.start(options)
    onTestFinished(() => engine.stop())
    return engine
  }

  describeWith([...parts, 'fusefat', 'mkfs.fat'], `loading from a FAT drive into ${kind}`, () => {
    it('streams the parts of a tarball, named by the folder, a part, or their common name', async () => {
      const started = await start()
      const engine = await open(started)
      const drive = await fatDrive(64 * 1024 * 1024)
      const { image, reference } = runnable({ sizeBytes: 5_000_000 })
      const { files } = await writeImage(drive, image, { reference, maxFileSizeBytes: 1_000_000 })
      expect(files.length).toBeGreaterThan(4)
      expect((await loadAll(engine, drive)).told).toEqual([`loaded ${reference}`])
      expect(await runImage(started, reference)).toContain('carried')
      for (const path of ['practice.tar', 'practice.tar.002']) {
        expect((await loadAll(engine, join(drive, path))).told).toEqual([`skipped ${reference}`])
      }
    })
  })

  describeWith(parts, `${kind} that dies half-way`, () => {
    it('is told by name, keeps what was loaded before, and loads the rest when it is back', async () => {
      const started = await start()
      const engine = await open(started)
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
            if (item.file === '1.tar' && readBytes > 1_000_000) killing ??= started.kill()
          },
        },
        goOn,
      )
      await killing
      const [first, second, third] = images.map(({ reference }) => reference)
      expect(told).toEqual([`loaded ${first}`, `failed ${second}`, `failed ${third}`])
      expect(errors).toMatchObject([
        {
          message: `${engine.facts.name} stopped answering.`,
          hint: 'Start it, and try again: what was done is skipped.',
        },
        // Where it was about to end, it may still have been reached.
        { message: expect.stringMatching(/(?:does not answer|stopped answering)\.$/) },
      ])
      await started.restart()
      expect((await loadAll(engine, folder)).told).toEqual([
        `skipped ${first}`,
        `loaded ${second}`,
        `loaded ${third}`,
      ])
      expect(await runImage(started, String(second))).toContain('carried')
    })
  })

  describeWith([...parts, 'mkfs.ext4'], `${kind} with a small disk`, () => {
    it('is told before loading, and in its own words where that was not known', async () => {
      const disk = await smallDisk(48_000_000)
      const started = await start({ dataRoot: disk })
      const engine = await open(started)
      const folder = await temporaryFolder()
      const { image, reference } = runnable({ sizeBytes: 50_000_000 })
      await writeImage(folder, image, { reference })
      const { errors } = await loadAll(engine, folder)
      expect(errors[0]?.message).toMatch(
        /too little space: .* free, but loading needs (?:10\d|50\.0) MB/,
      )
      const { freeBytes: _, ...facts } = engine.facts
      const unaware = await loadAll({ ...engine, facts }, folder)
      expect(unaware.errors).toMatchObject([{ code: 'no-space' }])
      expect(unaware.errors[0]?.message).toContain(`The disk of ${engine.facts.name} is full: `)
      const small = runnable()
      await writeImage(folder, small.image, { reference: small.reference })
      expect((await loadAll(engine, folder)).told).toEqual([`loaded ${small.reference}`])
      expect(await runImage(started, small.reference)).toContain('carried')
    })
  })
}
