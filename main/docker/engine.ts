import type { Readable } from 'node:stream'
import type { TarballImage } from '../archive/image.ts'
import type { Digest } from '../registry/reference.ts'

/** An engine that answers, whichever way it is reached. */
export interface ContainerEngine {
  readonly facts: EngineFacts
  /** What it holds under a reference or an id; undefined when it holds nothing there. */
  find(name: string, signal?: AbortSignal): Promise<HeldImage | undefined>
  /** Diff ids of the layers that it has unpacked; none where it cannot tell. */
  layers(signal?: AbortSignal): Promise<ReadonlySet<Digest>>
  /** Gives what it holds under an id a further reference. */
  tag(id: string, reference: string, signal?: AbortSignal): Promise<void>
  /**
   * Takes a tarball, however many images are in it. Resolves when the engine says that it has them; rejects with AppError
   * `engine` or `no-space` in its own words, `network` when it stops answering, or the signal's reason.
   */
  load(tarball: Readable, listener: LoadingListener, signal: AbortSignal): Promise<void>
}

export interface LoadingListener {
  /** A line of what the engine says, as it says it. */
  readonly said?: ((line: string) => void) | undefined
}

export type EngineKind = 'docker' | 'podman' | 'containerd'

export interface EngineFacts {
  readonly kind: EngineKind
  /** `Docker 20.10.24`. */
  readonly name: string
  readonly version: string
  readonly apiVersion?: string
  /** Why it was looked for there, and where: `Docker, /var/run/docker.sock`. */
  readonly origin: string
  readonly address: string
  /** `overlay2`, `vfs`, …. */
  readonly storageDriver?: string
  /** Where it keeps images, by its own word; the folder may be on another machine. */
  readonly storageFolder?: string
  /** Absent where the folder is not on this machine. */
  readonly freeBytes?: number
  /** Where it copies what it loads meanwhile, if that is on another disk than the storage. */
  readonly scratch?: ScratchPlace
  /** Docker with containerd's image store: ids are then digests of manifests, and OCI archives are taken. */
  readonly hasContainerdStore: boolean
}

export interface ScratchPlace {
  readonly folder: string
  readonly freeBytes?: number
}

/** Every digest by which an engine knows an image: of its config, its manifest, or both. */
export interface HeldImage {
  readonly id: string
  readonly digests: ReadonlySet<Digest>
}

/** Whether what an engine holds is this very image. */
export function isHeld(
  image: Pick<TarballImage, 'digest' | 'configDigest'>,
  held: HeldImage,
): boolean {
  return [image.digest, image.configDigest].some(
    (digest) => digest !== undefined && held.digests.has(digest),
  )
}
