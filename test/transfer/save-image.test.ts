import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { openTarball } from '../../main/archive/parts.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import type { Digest } from '../../main/registry/reference.ts'
import { makeImage, makeLayer, type MadeLayer } from '../../main/sandbox/image.ts'
import { HeldBlobs } from '../../main/transfer/held-blobs.ts'
import { saveImage } from '../../main/transfer/save-image.ts'
import { imageToSave } from '../support/image-to-save.ts'
import { amd64, temporaryFolder } from '../support/made-tarball.ts'

const layers = ['x', 'y', 'z'].map((seed) => makeLayer({ seed, sizeBytes: 300_000 }))

const toSave = (tag: string, own: MadeLayer[]) =>
  imageToSave(makeImage({ platform: amd64, layers: own }), tag)

/** Brings these layers, and counts what was asked for. */
function line() {
  const fetched: Digest[] = []
  const bytes = new Map(layers.map((layer) => [layer.descriptor.digest, layer.bytes]))
  const blob = (_: unknown, { digest }: { digest: Digest }) => {
    fetched.push(digest)
    return Readable.from([bytes.get(digest)])
  }
  return { source: { expect: () => () => undefined, blob }, fetched }
}

test('images that share layers in opposite order are saved side by side, each layer fetched once', async () => {
  const folder = await temporaryFolder()
  const { source, fetched } = line()
  const held = new HeldBlobs(folder, new Map())
  const [x, y, z] = layers as [MadeLayer, MadeLayer, MadeLayer]
  const images = [toSave('one', [x, y, z]), toSave('two', [z, y, x]), toSave('three', [y, z, x])]
  const signal = AbortSignal.timeout(10_000)
  await Promise.all(images.map((image) => saveImage(image, { source, held, folder }, signal)))
  expect(fetched).toHaveLength(3)
  await rm(folder, { recursive: true })
})

test('layers of a drive that reads slower than the line come from the line, after the first', async () => {
  const folder = await temporaryFolder()
  const { source, fetched } = line()
  const held = new HeldBlobs(folder, new Map(), slowReading())
  const signal = AbortSignal.timeout(10_000)
  const warnings: string[] = []
  const onWarned = (message: string) => void warnings.push(message)
  const save = async (tag: string, bytesPerSecond: number | undefined) => {
    fetched.length = 0
    const lineBytesPerSecond = () => bytesPerSecond
    const parts = { source, held, folder, lineBytesPerSecond, onWarned }
    await saveImage(toSave(tag, layers), parts, signal)
    return fetched.length
  }
  expect(await save('one', 1e6)).toBe(3)
  expect(await save('limited', undefined)).toBe(0)
  expect(await save('hardly-slower', 400_000)).toBe(0)
  expect(await save('two', 1e6)).toBe(3)
  expect(await save('three', 300_000)).toBe(0)
  expect(warnings).toEqual([expect.stringMatching(/two.* fetches again what is there/)])
  const { files } = await verifyFiles({ folder })
  expect(files.map(({ ok }) => ok)).toEqual([true, true, true, true, true])
  await rm(folder, { recursive: true })
})

/** A drive, on a clock of its own, that reads 300 kB a second. */
function slowReading(): NonNullable<ConstructorParameters<typeof HeldBlobs>[2]> {
  let nowMs = 0
  return {
    now: () => nowMs,
    async open(paths) {
      const tarball = await openTarball(paths)
      return {
        ...tarball,
        async read(buffer, position) {
          nowMs += buffer.length / 300
          return await tarball.read(buffer, position)
        },
      }
    },
  }
}
