import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readTarball } from '../../main/archive/read.ts'
import { openTarball } from '../../main/archive/parts.ts'
import { verifyTarball } from '../../main/archive/verify.ts'
import { makeImage, makeIndex, makeLayer } from '../../main/sandbox/image.ts'
import {
  amd64,
  practiceImage,
  practiceReference,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'
import { blobsIn, read, sourceOf, tarOf } from '../support/source.ts'

describe('reading a tarball', () => {
  it('tells everything about one of ours, by its first bytes alone', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage('reading', 400_000)
    await writeImage(folder, image)
    const bytes = await readFile(join(folder, 'practice.tar'))
    const source = sourceOf(bytes)
    let furthest = 0
    const reading = await readTarball({
      sizeBytes: bytes.length,
      read: (buffer, position) => {
        furthest = Math.max(furthest, position + buffer.length)
        return source.read(buffer, position)
      },
    })
    expect(furthest).toBeLessThan(100_000)
    expect(reading).toMatchObject({
      status: 'complete',
      kind: 'ngc-replicator',
      sizeBytes: bytes.length,
      images: [
        {
          references: [practiceReference],
          digest: image.manifest.descriptor.digest,
          configDigest: image.config.descriptor.digest,
          platform: amd64,
          created: '2024-05-01T00:00:00Z',
          labels: { 'com.example.seed': 'reading' },
          env: [expect.stringContaining('PATH='), 'CUDA_VERSION=12.4'],
          cmd: ['/bin/hello'],
          diffIds: image.layers.map(({ diffId }) => diffId),
          layers: image.layers.map(({ descriptor }) => ({
            digest: descriptor.digest,
            sizeBytes: descriptor.size,
          })),
        },
      ],
    })
  })

  it('reads docker save of before version 25: links for repeated layers, no digest', async () => {
    const folder = await temporaryFolder()
    const image = makeImage({
      platform: amd64,
      layers: [
        makeLayer({ seed: 'old', compression: 'none' }),
        makeLayer({ seed: 'old', compression: 'none' }),
      ],
    })
    const [layer] = image.layers
    const [first, second] = ['1'.repeat(64), '2'.repeat(64)]
    const config = image.config.descriptor.digest.slice('sha256:'.length)
    await mkdir(join(folder, 'tree', first), { recursive: true })
    await mkdir(join(folder, 'tree', second))
    await writeFile(join(folder, 'tree', first, 'layer.tar'), layer?.bytes ?? '')
    await symlink(`../${first}/layer.tar`, join(folder, 'tree', second, 'layer.tar'))
    await writeFile(join(folder, 'tree', `${config}.json`), image.config.bytes)
    const entry = {
      Config: `${config}.json`,
      RepoTags: ['nvcr.io/nvidia/old:1', 'nvcr.io/nvidia/old:latest'],
      Layers: [`${first}/layer.tar`, `${second}/layer.tar`],
    }
    await writeFile(join(folder, 'tree', 'manifest.json'), JSON.stringify([entry]))
    const path = join(folder, 'old.tar')
    await promisify(execFile)('tar', ['-cf', path, '-C', join(folder, 'tree'), '.'])
    const tarball = await openTarball([path])
    const reading = await readTarball(tarball)
    expect(reading).toMatchObject({
      status: 'complete',
      kind: 'docker-save',
      images: [
        { references: entry.RepoTags, configDigest: image.config.descriptor.digest, missing: [] },
      ],
    })
    const digest = layer?.diffId
    expect(reading).toMatchObject({ images: [{ layers: [{ digest }, { digest }] }] })
    expect(await verifyTarball(tarball)).toEqual([])
    await tarball.close()
    await truncate(path, 3000)
    expect(await read(await readFile(path))).toMatchObject({ status: 'torn' })
  })

  it('reads docker save since version 25: a layout with Docker’s list', async () => {
    const image = practiceImage()
    const config = image.config.descriptor.digest.replace('sha256:', 'blobs/sha256/')
    const annotations = {
      'io.containerd.image.name': practiceReference,
      'org.opencontainers.image.ref.name': '24.05-py3',
    }
    const reading = await read(
      tarOf({
        ...blobsIn(image),
        'index.json': {
          schemaVersion: 2,
          manifests: [{ ...image.manifest.descriptor, annotations }],
        },
        'manifest.json': [{ Config: config, RepoTags: [practiceReference], Layers: [] }],
        'oci-layout': { imageLayoutVersion: '1.0.0' },
      }),
    )
    expect(reading).toMatchObject({
      status: 'complete',
      kind: 'docker-save',
      images: [
        {
          references: [practiceReference],
          digest: image.manifest.descriptor.digest,
          platform: amd64,
        },
      ],
    })
  })

  it('reads an OCI archive with a list in its list, of which one platform is there', async () => {
    const image = practiceImage()
    const arm = makeImage({ platform: { os: 'linux', architecture: 'arm64' }, layers: [] })
    const { index, attestations } = makeIndex({ children: [image, arm], attestations: true })
    const [attestation] = attestations
    const annotations = { 'org.opencontainers.image.ref.name': practiceReference }
    const reading = await read(
      tarOf({
        'oci-layout': { imageLayoutVersion: '1.0.0' },
        'index.json': { schemaVersion: 2, manifests: [{ ...index.descriptor, annotations }] },
        [index.descriptor.digest.replace('sha256:', 'blobs/sha256/')]: index.bytes,
        ...(attestation && blobsIn(attestation)),
        ...blobsIn(image),
      }),
    )
    expect(reading).toMatchObject({
      status: 'complete',
      kind: 'oci-archive',
      images: [{ references: [practiceReference], digest: image.manifest.descriptor.digest }],
    })
    expect(reading.status === 'complete' && reading.images).toHaveLength(1)
  })

  it('names a blob that is missing', async () => {
    const image = practiceImage()
    const blobs = blobsIn(image)
    const [, layer] = image.layers
    const digest = layer?.descriptor.digest ?? ''
    delete blobs[digest.replace('sha256:', 'blobs/sha256/')]
    const bytes = tarOf({
      'oci-layout': {},
      'index.json': { schemaVersion: 2, manifests: [image.manifest.descriptor] },
      ...blobs,
    })
    expect(await read(bytes)).toMatchObject({ status: 'damaged', images: [{ missing: [digest] }] })
  })
})

describe('torn, damaged and foreign files are told apart', () => {
  it('at every length of ours', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage('torn', 2000))
    const bytes = await readFile(join(folder, 'practice.tar'))
    for (let length = 1; length < bytes.length; length += 97) {
      const reading = await read(bytes.subarray(0, length))
      expect(reading.status, `${length} bytes`).toBe('torn')
    }
  })

  it('and a torn one of ours still tells what it should be', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage())
    const bytes = await readFile(join(folder, 'practice.tar'))
    expect(await read(bytes.subarray(0, 15_000))).toMatchObject({
      status: 'torn',
      images: [{ references: [practiceReference] }],
    })
  })

  it.each([
    { what: 'nothing', bytes: Buffer.alloc(0) },
    { what: 'a text', bytes: Buffer.from('hello '.repeat(1000)) },
    { what: 'zeros', bytes: Buffer.alloc(10_240) },
    { what: 'a tar of other things', bytes: tarOf({ 'photo.jpg': 1, 'notes.txt': 2 }) },
    { what: 'a compressed tarball', bytes: gzipSync(tarOf({ 'manifest.json': [] })) },
  ])('$what is foreign', async ({ bytes }) => {
    expect(await read(bytes)).toMatchObject({ status: 'foreign' })
  })

  it.each([
    { what: 'a list that is no list', files: { 'manifest.json': { not: 'a list' } } },
    { what: 'a list that is not JSON', files: { 'index.json': Buffer.from('{') } },
    { what: 'deep JSON', files: { 'index.json': Buffer.from('['.repeat(4_000_000)) } },
    { what: 'a huge document', files: { 'index.json': Buffer.alloc(9_000_000, 0x20) } },
    {
      what: 'a digest that is no digest',
      files: {
        'index.json': {
          schemaVersion: 2,
          manifests: [{ mediaType: 'x', digest: '../../etc', size: 1 }],
        },
      },
    },
    {
      what: 'prototype keys',
      files: { 'manifest.json': JSON.parse('[{"__proto__": {"Config": "x"}}]') as unknown },
    },
  ])('$what is damage, not a crash', async ({ files }) => {
    expect(await read(tarOf({ ...files, 'blobs/sha256/x': 1 }))).toMatchObject({
      status: 'damaged',
    })
  })
})
