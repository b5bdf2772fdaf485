import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openTarball } from '../../main/archive/parts.ts'
import { writeTarball, type WriteProgress } from '../../main/archive/write.ts'
import {
  blobsOf,
  layoutOf,
  practiceImage,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const name = 'practice.tar'

const broken = async (): Promise<Readable> =>
  Readable.from(
    (function* () {
      yield Buffer.alloc(2_000_000)
      throw new Error('the line dropped')
    })(),
  )

describe('writing a tarball', () => {
  it('ends with one file under its name, as large as the layout said, hashed on the way', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage('writing', 3_000_000)
    const written = await writeImage(folder, image)
    const bytes = await readFile(join(folder, name))
    expect(await readdir(folder)).toEqual([name])
    expect(bytes).toHaveLength(layoutOf(image).sizeBytes)
    expect(written).toEqual({
      files: [{ name, sizeBytes: bytes.length, sha256: sha256(bytes) }],
      sizeBytes: bytes.length,
    })
  })

  it('makes parts that concatenate to the very same tarball', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage('parts', 2_500_000)
    await writeImage(folder, image)
    const whole = await readFile(join(folder, name))
    const { files } = await writeImage(folder, image, { maxFileSizeBytes: 1_000_000 })
    expect(await readdir(folder)).toEqual([`${name}.000`, `${name}.001`, `${name}.002`])
    const parts = await Promise.all(files.map((file) => readFile(join(folder, file.name))))
    expect(Buffer.concat(parts).equals(whole)).toBe(true)
    expect(files.map((file) => file.sha256)).toEqual(parts.map(sha256))
    expect(files.map((file) => file.sizeBytes)).toEqual([
      1_000_000,
      1_000_000,
      whole.length - 2_000_000,
    ])
    const tarball = await openTarball(files.map((file) => join(folder, file.name)))
    const chunks: Uint8Array[] = []
    for await (const chunk of tarball.stream(999_990, 2_000_010)) chunks.push(chunk as Uint8Array)
    expect(Buffer.concat(chunks).equals(whole.subarray(999_990, 2_000_010))).toBe(true)
    await tarball.close()
  })

  it('makes one plain file when it fits exactly', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage()
    await writeImage(folder, image, { maxFileSizeBytes: layoutOf(image).sizeBytes })
    expect(await readdir(folder)).toEqual([name])
  })

  it('leaves no older part that would spoil the concatenation', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage('older', 100_000), { maxFileSizeBytes: 20_000 })
    await writeFile(join(folder, 'other.tar.000'), 'not mine')
    await writeImage(folder, practiceImage('newer', 100_000), { maxFileSizeBytes: 60_000 })
    expect(await readdir(folder)).toEqual(['other.tar.000', `${name}.000`, `${name}.001`])
  })

  it('refuses a limit that would make thousands of parts', async () => {
    const folder = await temporaryFolder()
    await expect(writeImage(folder, practiceImage(), { maxFileSizeBytes: 10 })).rejects.toThrow(
      '1000 parts',
    )
    expect(await readdir(folder)).toEqual([])
  })

  it('tells of bytes written and bytes on the medium, then of flushing', async () => {
    const folder = await temporaryFolder()
    const told: WriteProgress[] = []
    const { sizeBytes } = await writeImage(folder, practiceImage('told', 3_000_000), {
      onProgress: (progress) => told.push(progress),
    })
    expect(told[0]).toMatchObject({ phase: 'downloading', durableBytes: 0 })
    expect(told.at(-1)).toEqual({
      phase: 'flushing',
      writtenBytes: sizeBytes,
      durableBytes: sizeBytes,
    })
  })

  it.each([
    { wrong: 'too short', change: (bytes: Uint8Array) => bytes.subarray(1) },
    { wrong: 'too long', change: (bytes: Uint8Array) => Buffer.concat([bytes, bytes]) },
  ])('fails on a blob that is $wrong, and leaves nothing', async ({ change }) => {
    const folder = await temporaryFolder()
    const image = practiceImage()
    const layers = image.layers.map((layer) => ({ ...layer, bytes: change(layer.bytes) }))
    await expect(
      writeImage(folder, image, { openBlob: blobsOf({ layers }) }),
    ).rejects.toMatchObject({
      code: 'protocol',
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('fails with the error of the blob’s stream, and leaves nothing without a journal', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage('dropped', 3_000_000)
    await expect(writeImage(folder, image, { openBlob: broken })).rejects.toThrow(
      'the line dropped',
    )
    expect(await readdir(folder)).toEqual([])
  })

  it('stops at once when it is aborted, with the reason', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage()
    const controller = new AbortController()
    const stalled = async (): Promise<Readable> => {
      setImmediate(() => controller.abort(new Error('enough')))
      return new Readable({ read: () => undefined })
    }
    const layout = layoutOf(image)
    const writing = writeTarball({ layout, folder, name, openBlob: stalled }, controller.signal)
    await expect(writing).rejects.toThrow('enough')
    expect(await readdir(folder)).toEqual([])
  })

  it('tells a folder that is gone in words', async () => {
    const folder = join(await temporaryFolder(), 'gone')
    await expect(writeImage(folder, practiceImage())).rejects.toMatchObject({ code: 'destination' })
  })
})
