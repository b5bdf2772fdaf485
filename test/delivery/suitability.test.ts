import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readLayerSize, type LayerSize } from '../../main/delivery/layer-size.ts'
import { objection, shortage, spaceNeeded, suitability } from '../../main/delivery/suitability.ts'
import type { EngineFacts } from '../../main/docker/engine.ts'
import { emptyLayer, makeLayer, noise } from '../../main/sandbox/image.ts'
import { sourceOf } from '../support/source.ts'

const docker: EngineFacts = {
  kind: 'docker',
  name: 'Docker 20.10.24',
  version: '20.10.24',
  origin: 'Docker',
  address: '/var/run/docker.sock',
  hasContainerdStore: false,
}
const practice = {
  references: ['nvcr.io/nvidia/practice:24.05-py3'],
  digest: `sha256:${'a'.repeat(64)}`,
  layers: [],
  diffIds: [],
  env: [],
  labels: {},
  entrypoint: [],
  cmd: [],
  history: [],
  missing: [],
} as const
const podman: EngineFacts = { ...docker, kind: 'podman', name: 'Podman 4.3.1', version: '4.3.1' }
const containerd: EngineFacts = { ...docker, kind: 'containerd', hasContainerdStore: true }

describe('what an engine cannot take', () => {
  const zstd = { hasZstdLayers: true, hasDockerList: true }
  const oci = { hasZstdLayers: false, hasDockerList: false }

  it('is zstd for Docker before 23, and only for that', () => {
    expect(objection(zstd, docker)?.message).toContain('zstd')
    expect(objection(zstd, { ...docker, version: '23.0.0' })).toBeUndefined()
    expect(objection(zstd, podman)).toBeUndefined()
    expect(objection(zstd, containerd)).toBeUndefined()
  })

  it('is an archive without Docker’s own list, unless Docker stores images as containerd does', () => {
    expect(objection(oci, docker)?.message).toContain('OCI archive')
    const store = { ...docker, version: '29.0.0', hasContainerdStore: true }
    expect(objection(oci, store)).toBeUndefined()
    expect(objection(oci, podman)).toBeUndefined()
  })
})

describe('where a tarball loads', () => {
  const whole = { hasZstdLayers: false, hasDockerList: true, images: [practice] }
  const taking = (more: Partial<typeof whole>): boolean[] =>
    suitability({ ...whole, ...more }).map(({ ok }) => ok)

  it('is what real engines did', () => {
    expect(taking({})).toEqual([true, true, true, true, true])
    expect(taking({ hasZstdLayers: true })).toEqual([false, true, true, true, true])
    expect(taking({ hasDockerList: false })).toEqual([false, false, true, true, true])
  })

  it('is told with why not, and with what is lost', () => {
    const [old] = suitability({ ...whole, hasZstdLayers: true })
    expect(old).toMatchObject({ why: 'Docker 20.10 cannot read layers compressed with zstd.' })
    const { digest: _, ...saved } = practice
    const why = suitability({ ...whole, images: [saved] }).map((one) => one.why)
    expect(why).toEqual([undefined, undefined, ...Array(3).fill(expect.stringContaining('digest'))])
  })
})

describe('the space that loading takes', () => {
  const layers = [
    { id: 'sha256:a' as const, unpackedBytes: 1000 },
    { id: 'sha256:b' as const, unpackedBytes: 300 },
  ]
  const contents = { layers, sizeBytes: 500, hasOciLayout: true }

  it('is that of the unpacked layers, and one copy of the tarball in Docker, two or three in Podman', () => {
    const none = new Set<string>()
    expect(spaceNeeded(contents, docker, none)).toEqual({ keptBytes: 1300, scratchBytes: 500 })
    expect(spaceNeeded(contents, podman, none)).toEqual({ keptBytes: 1300, scratchBytes: 1500 })
    const saved = { ...contents, hasOciLayout: false }
    expect(spaceNeeded(saved, podman, none)).toEqual({ keptBytes: 1300, scratchBytes: 1000 })
    expect(spaceNeeded(contents, containerd, none)).toEqual({ keptBytes: 1800, scratchBytes: 0 })
  })

  it('is less by the layers that the engine has', () => {
    expect(spaceNeeded(contents, docker, new Set(['sha256:a'])).keptBytes).toBe(300)
  })
})

describe('too little space', () => {
  const space = { keptBytes: 1300, scratchBytes: 1500 }
  const engine = { ...podman, storageFolder: '/storage' }

  it('is for what is kept and for copies, where they are on one disk', () => {
    expect(shortage(space, { ...engine, freeBytes: 2800 })).toBeUndefined()
    expect(shortage(space, { ...engine, freeBytes: 2799 })?.message).toContain(
      '/storage has 2.80 kB free, but loading needs 2.80 kB',
    )
  })

  it('is for each of the two, where they are not', () => {
    const folder = '/var/tmp'
    const enough = { ...engine, freeBytes: 1300, scratch: { folder, freeBytes: 1500 } }
    expect(shortage(space, enough)).toBeUndefined()
    expect(shortage(space, { ...enough, scratch: { folder } })).toBeUndefined()
    expect(shortage(space, { ...enough, freeBytes: 1299 })?.message).toContain(
      '/storage has 1.30 kB free',
    )
    const little = { ...enough, scratch: { folder, freeBytes: 1499 } }
    expect(shortage(space, little)?.message).toContain(
      '/var/tmp has 1.50 kB free, but loading needs 1.50 kB',
    )
  })
})

describe('the unpacked size of a layer', () => {
  it('is told by the end of a gzip stream, whether it compressed well or not at all', async () => {
    const zeros = gzipSync(Buffer.alloc(5_000_000))
    expect(await sizeOf(zeros)).toEqual({ compression: 'gzip', unpackedBytes: 5_000_000 })
    const random = gzipSync(noise('layer', 500_000))
    expect(await sizeOf(random)).toEqual({ compression: 'gzip', unpackedBytes: 500_000 })
    expect((await sizeOf(emptyLayer().bytes)).unpackedBytes).toBe(1024)
  })

  it('is estimated where the end tells of the last of several streams only', async () => {
    const several = Buffer.concat([gzipSync(noise('layer', 500_000)), gzipSync(Buffer.from('end'))])
    expect((await sizeOf(several)).unpackedBytes).toBe(Math.round(several.length * 2.6))
  })

  it('is its own where it is not compressed, and estimated for zstd', async () => {
    const { bytes } = makeLayer({ seed: 'plain', sizeBytes: 10_000, compression: 'none' })
    expect(await sizeOf(bytes)).toEqual({ compression: 'none', unpackedBytes: bytes.length })
    const zstd = makeLayer({ seed: 'zstd', sizeBytes: 10_000, compression: 'zstd' })
    expect((await sizeOf(zstd.bytes)).compression).toBe('zstd')
  })
})

async function sizeOf(bytes: Uint8Array): Promise<LayerSize> {
  const member = { name: '', linkName: '', type: 'file', headerOffset: 0 } as const
  const place = { ...member, dataOffset: 0, sizeBytes: bytes.length }
  return await readLayerSize(sourceOf(bytes), { sizeBytes: bytes.length, member: place })
}
