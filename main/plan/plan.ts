import type { CarriedFile } from '../carried-app/carried-file.ts'
import type { TarballLayout } from '../archive/layout.ts'
import { checkPartCount } from '../archive/part-count.ts'
import type { Destination } from '../disk/destination.ts'
import type { Descriptor, ResolvedImage } from '../registry/manifest.ts'
import type { Digest, Reference } from '../registry/reference.ts'

/** A selection resolved against the catalogue, the registry and the destination: what will be copied, and what not. */
export interface Plan {
  readonly destination: Destination
  /** In the order of the selection. */
  readonly images: readonly PlannedImage[]
  /** Candidates that could not be planned; the others are still done. */
  readonly failures: readonly PlanFailure[]
  /** The application, and installers of others, as far as they are not there yet. */
  readonly carried: readonly CarriedFile[]
  /** Tarballs to be written. */
  readonly writeBytes: number
  /** To be written beside them. */
  readonly carriedBytes: number
  /** To be fetched from registries: every digest once, less what the destination's tarballs hold already. */
  readonly fetchBytes: number
  /** What the tarballs to be written need beyond that: blobs that several images share, or that are there already. */
  readonly sharedBytes: number
  /** How much the destination lacks; 0 where the plan fits. */
  readonly missingBytes: number
}

export type PlannedImage = PresentImage | ImageToSave

interface PlannedBase {
  readonly reference: Reference
  /** `linux/amd64`. */
  readonly platform: string
  readonly digest: Digest
  /** Of the tarball. */
  readonly sizeBytes: number
  /** What the operator should know: taken for another platform, saved before but not here, guest access. */
  readonly notes: readonly string[]
}

/** Saved before by the word of state.yml, whether or not its tarball is still at the destination. */
export interface PresentImage extends PlannedBase {
  readonly state: 'present'
  /** The tarball at the destination, or the first of its parts. */
  readonly file?: string
}

export interface ImageToSave extends PlannedBase {
  readonly state: 'new' | 'changed'
  /** The tarball's file name; parts add `.000`, `.001`, …. */
  readonly name: string
  /** Of blobs that no earlier image of the plan fetches and the destination does not hold. */
  readonly fetchBytes: number
  readonly image: ResolvedImage
  readonly layout: TarballLayout
  readonly stateEntry: {
    readonly repository: string
    readonly tag: string
    readonly changeKey: string
  }
}

export interface PlanFailure {
  /** A reference, or the path of a repository whose tags could not be had. */
  readonly subject: string
  readonly error: unknown
}

/** An image as gathered, before the plan knows what others share with it. */
export type GatheredImage = PresentImage | Omit<ImageToSave, 'fetchBytes'>

/**
 * Adds up what was gathered. `held` are digests whose bytes the destination's tarballs hold; `begun` tells how many bytes of
 * a tarball, by its name, an earlier run wrote. Pure.
 */
export function makePlan(
  destination: Destination,
  gathered: readonly GatheredImage[],
  failures: readonly PlanFailure[],
  held: ReadonlySet<Digest>,
  begun: ReadonlyMap<string, number> = new Map(),
  carried: readonly CarriedFile[] = [],
): Plan {
  const seen = new Set(held)
  const images = gathered.map((image): PlannedImage => {
    if (image.state === 'present') return image
    const missing = missingBytes(image.layout, begun.get(image.name) ?? 0)
    const fetchBytes = uniqueLayers(image.image.layers)
      .filter(({ digest }) => !seen.has(digest))
      .reduce((bytes, { digest, size }) => {
        seen.add(digest)
        return bytes + (missing.get(digest) ?? size)
      }, 0)
    return { ...image, fetchBytes }
  })
  const toSave = images.filter((image) => image.state !== 'present')
  const largest = Math.max(0, ...toSave.map(({ sizeBytes }) => sizeBytes))
  checkPartCount(largest, destination.largestFileBytes ?? Number.MAX_SAFE_INTEGER)
  const writeBytes = sum(toSave.map(({ sizeBytes }) => sizeBytes))
  const fetchBytes = sum(toSave.map((image) => image.fetchBytes))
  const layerBytes = sum(
    toSave.flatMap(({ image }) => uniqueLayers(image.layers).map(({ size }) => size)),
  )
  const carriedBytes = sum(carried.map(({ sizeBytes }) => sizeBytes))
  const neededBytes = writeBytes + carriedBytes + reserveBytes(toSave.length + carried.length)
  return {
    destination,
    images,
    failures,
    carried,
    writeBytes,
    carriedBytes,
    fetchBytes,
    sharedBytes: layerBytes - fetchBytes,
    missingBytes: Math.max(0, neededBytes - destination.freeBytes),
  }
}

/** Of each blob of a tarball, the bytes that lie beyond what was written of it. */
function missingBytes({ members }: TarballLayout, begunBytes: number): Map<Digest, number> {
  return new Map(
    members.flatMap(({ source, dataOffset, sizeBytes }): [Digest, number][] =>
      source.kind === 'blob'
        ? [[source.descriptor.digest, sizeBytes - clamp(begunBytes - dataOffset, sizeBytes)]]
        : [],
    ),
  )
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}

/** Each digest once: the empty layer of 32 bytes may stand in a manifest many times. */
export function uniqueLayers(layers: readonly Descriptor[]): Descriptor[] {
  return [...new Map(layers.map((layer) => [layer.digest, layer])).values()]
}

/** Room for state.yml, checksums, descriptions and what the file system itself takes for each file. */
function reserveBytes(files: number): number {
  return files === 0 ? 0 : 1_000_000 + files * 64 * 1024
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
