import { AppError } from '../api/errors.ts'
import type { EngineFacts } from '../docker/engine.ts'
import { formatBytes } from '../format.ts'
import type { TarballContents } from './contents.ts'

/** Why an engine cannot take a tarball, known before a byte is sent; undefined when it can. Pure. */
export function objection(
  contents: Pick<TarballContents, 'hasZstdLayers' | 'hasDockerList'>,
  {
    kind,
    name,
    version,
    hasContainerdStore,
  }: Pick<EngineFacts, 'kind' | 'name' | 'version' | 'hasContainerdStore'>,
): AppError | undefined {
  if (kind !== 'docker') return undefined
  if (contents.hasZstdLayers && Number.parseInt(version, 10) < 23) {
    return new AppError('unsupported', `${name} cannot read layers compressed with zstd.`, {
      hint: 'Docker 23 and later can, and so can Podman and containerd.',
    })
  }
  if (!contents.hasDockerList && !hasContainerdStore) {
    return new AppError('unsupported', `${name} cannot load an OCI archive.`, {
      hint: 'Podman and containerd can, and Docker with its containerd image store.',
    })
  }
  return undefined
}

/** What an operator may have on the far side, and whether it takes a tarball; as real engines did. Pure. */
export interface Suitability {
  readonly engine: string
  readonly ok: boolean
  /** Why not, or what is lost. */
  readonly why?: string
}

export function suitability(
  contents: Pick<TarballContents, 'hasZstdLayers' | 'hasDockerList' | 'images'>,
): Suitability[] {
  const isWithoutDigest = contents.images.some(({ digest }) => digest === undefined)
  return FAR_SIDES.map((engine) => {
    const isDocker = engine.kind === 'docker' && !engine.hasContainerdStore
    const loses =
      !isDocker && isWithoutDigest
        ? 'It gets another digest than the published one.'
        : engine.kind === 'podman' && contents.images.length > 1
          ? 'The digests are lost.'
          : undefined
    const why = objection(contents, engine)?.message ?? loses
    const ok = objection(contents, engine) === undefined
    return { engine: engine.name, ok, ...(why !== undefined && { why }) }
  })
}

const FAR_SIDES: readonly Pick<EngineFacts, 'kind' | 'name' | 'version' | 'hasContainerdStore'>[] =
  [
    { kind: 'docker', name: 'Docker 20.10', version: '20.10', hasContainerdStore: false },
    { kind: 'docker', name: 'Docker 23 and later', version: '23.0', hasContainerdStore: false },
    {
      kind: 'docker',
      name: 'Docker with containerd’s store',
      version: '29.0',
      hasContainerdStore: true,
    },
    { kind: 'podman', name: 'Podman', version: '4.3', hasContainerdStore: false },
    { kind: 'containerd', name: 'containerd, k3s', version: '1.6', hasContainerdStore: true },
  ]

/** Bytes that loading takes of the engine's disk. */
export interface SpaceNeeded {
  /** That stay: the layers, unpacked, and containerd's copies of the packed ones. */
  readonly keptBytes: number
  /** That are free again once it is loaded: copies of the tarball. */
  readonly scratchBytes: number
}

/**
 * Measured beyond the unpacked layers: Docker 20.10 copies the tarball once; Podman 4.3 twice, what comes in and its layers,
 * and a third time where it unpacks it first, without room for which it loses the published digest; containerd never, but it
 * keeps the packed layers beside the unpacked ones.
 * `heldLayers` are diff ids that the engine has already. Pure.
 */
export function spaceNeeded(
  {
    layers,
    sizeBytes,
    hasOciLayout,
  }: Pick<TarballContents, 'layers' | 'sizeBytes' | 'hasOciLayout'>,
  { kind, hasContainerdStore }: Pick<EngineFacts, 'kind' | 'hasContainerdStore'>,
  heldLayers: ReadonlySet<string>,
): SpaceNeeded {
  const unpackedBytes = layers
    .filter(({ id }) => id === undefined || !heldLayers.has(id))
    .reduce((sum, layer) => sum + layer.unpackedBytes, 0)
  const ofPodman = hasOciLayout ? 3 : 2
  const copies = kind === 'podman' ? ofPodman : kind === 'docker' && !hasContainerdStore ? 1 : 0
  return {
    keptBytes: unpackedBytes + (hasContainerdStore ? sizeBytes : 0),
    scratchBytes: copies * sizeBytes,
  }
}

/** Why there is not room enough on the disks of an engine; undefined where there is, or nobody knows. Pure. */
export function shortage(
  { keptBytes, scratchBytes }: SpaceNeeded,
  { name, storageFolder = 'its storage', freeBytes, scratch }: EngineFacts,
): AppError | undefined {
  const storageBytes = scratch === undefined ? keptBytes + scratchBytes : keptBytes
  const tooLittle = (folder: string, has: number, needed: number, hint: string): AppError =>
    new AppError(
      'no-space',
      `${name} has too little space: ${folder} has ${formatBytes(has)} free, but loading needs ${formatBytes(needed)}.`,
      { hint },
    )
  if (freeBytes !== undefined && storageBytes > freeBytes) {
    const hint = 'Remove images that are not needed, or move its storage to a larger disk.'
    return tooLittle(storageFolder, freeBytes, storageBytes, hint)
  }
  if (scratch?.freeBytes !== undefined && scratchBytes > scratch.freeBytes) {
    const hint =
      'It copies through that folder. Make room there, or name one on a larger disk as TMPDIR, or as image_copy_tmp_dir in its containers.conf.'
    return tooLittle(scratch.folder, scratch.freeBytes, scratchBytes, hint)
  }
  return undefined
}
