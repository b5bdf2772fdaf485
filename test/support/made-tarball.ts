import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { layoutTarball, type TarballLayout } from '../../main/archive/layout.ts'
import { writeTarball, type WriteOptions, type WrittenTarball } from '../../main/archive/write.ts'
import type { Descriptor, Published } from '../../main/registry/manifest.ts'
import { makeImage, makeLayer, type MadeImage, type MadeLayer } from '../../main/sandbox/image.ts'

export const amd64 = { os: 'linux', architecture: 'amd64' } as const
export const practiceReference = 'nvcr.io/nvidia/practice:24.05-py3'

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A small image with two gzip layers. */
export function practiceImage(seed = 'practice', sizeBytes = 20_000): MadeImage {
  return makeImage({
    platform: amd64,
    layers: [makeLayer({ seed, sizeBytes }), makeLayer({ seed: `${seed} 2`, sizeBytes: 3000 })],
    env: ['CUDA_VERSION=12.4'],
    labels: { 'com.example.seed': seed },
    cmd: ['/bin/hello'],
  })
}

export function layoutOf(
  image: MadeImage,
  reference = practiceReference,
  extras: readonly Published[] = [],
): TarballLayout {
  return layoutTarball(
    { ...image, layers: image.layers.map(({ descriptor }) => descriptor), extras },
    reference,
  )
}

/** Hands out the layers of an image as streams. */
export function blobsOf(image: {
  layers: readonly MadeLayer[]
}): (descriptor: Descriptor) => Promise<Readable> {
  const blobs = new Map(image.layers.map(({ descriptor, bytes }) => [descriptor.digest, bytes]))
  return async ({ digest }) => {
    const bytes = blobs.get(digest)
    if (bytes === undefined) throw new Error(`${digest} was not made`)
    return Readable.from(pieces(bytes), { objectMode: false })
  }
}

export async function writeImage(
  folder: string,
  image: MadeImage,
  options: Partial<WriteOptions> & { reference?: string; extras?: readonly Published[] } = {},
): Promise<WrittenTarball> {
  const layout = layoutOf(image, options.reference, options.extras)
  return await writeTarball(
    { layout, folder, name: 'practice.tar', openBlob: blobsOf(image), ...options },
    new AbortController().signal,
  )
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}
