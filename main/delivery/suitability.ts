import { AppError } from '../api/errors.ts'
import type { EngineFacts } from '../docker/engine.ts'
import { formatBytes } from '../format.ts'
import type { TarballContents } from './contents.ts'

/** Why an engine cannot take a tarball, known before a byte is sent; undefined when it can. Pure. */
export function objection(
  contents: Pick<TarballContents, 'hasZstdLayers' | 'hasDockerList'>,
  { kind, name, version, hasContainerdStore }: EngineFacts,
): AppError | undefined {
  if (kind !== 'docker') return undefined
  if (contents.hasZstdLayers && Number.parseInt(version, 10) < 23) {
    return new AppError('unsupported', `${name} cannot read layers compressed with zstd.`, {
      hint: 'Docker 23 and later can, and so can Podman and containerd (--to podman).',
    })
  }
  if (!contents.hasDockerList && !hasContainerdStore) {
    return new AppError('unsupported', `${name} cannot load an OCI archive.`, {
      hint: 'Podman and containerd can (--to podman), and Docker with its containerd image store.',
    })
  }
  return undefined
}

/** Bytes that loading takes of the engine's disk. */
export interface SpaceNeeded {
  /** That stay: the layers, unpacked, and containerd's copies of the packed ones. */
  readonly keptBytes: number
  /** That are free again once it is loaded: copies of the tarball. */
  readonly scratchBytes: number
}

/**
 * Measured beyond the unpacked layers: Docker 20.10 copies the tarball once, Podman twice, containerd never, but it keeps the
 * packed layers beside the unpacked ones. `heldLayers` are diff ids that the engine has already. Pure.
 */
export function spaceNeeded(
  { layers, sizeBytes }: Pick<TarballContents, 'layers' | 'sizeBytes'>,
  { kind, hasContainerdStore }: Pick<EngineFacts, 'kind' | 'hasContainerdStore'>,
  heldLayers: ReadonlySet<string>,
): SpaceNeeded {
  const unpackedBytes = layers
    .filter(({ id }) => id === undefined || !heldLayers.has(id))
    .reduce((sum, layer) => sum + layer.unpackedBytes, 0)
  const copies = kind === 'podman' ? 2 : kind === 'docker' && !hasContainerdStore ? 1 : 0
  return {
    keptBytes: unpackedBytes + (hasContainerdStore ? sizeBytes : 0),
    scratchBytes: copies * sizeBytes,
  }
}

export function tooLittleSpace(
  neededBytes: number,
  { name, storageFolder, freeBytes = 0 }: EngineFacts,
): AppError {
  return new AppError(
    'no-space',
    `${name} has too little space: ${storageFolder ?? 'its storage'} has ${formatBytes(freeBytes)} free, ` +
      `but loading needs ${formatBytes(neededBytes)}.`,
    { hint: 'Remove images that are not needed, or move its storage to a larger disk.' },
  )
}
