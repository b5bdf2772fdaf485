import PQueue from 'p-queue'
import { AppError } from '../api/errors.ts'
import { plural } from '../format.ts'
import type { PlanFailure } from '../plan/plan.ts'
import type { Published } from '../registry/manifest.ts'
import { formatReference, type Digest, type Reference } from '../registry/reference.ts'
import type { Uploads } from '../registry/upload/uploads.ts'
import { carriedAttestations, carriedIndex } from './push-carried.ts'
import { mapReference, type PushTarget } from './push-target.ts'
import type { PushableImage } from './pushable-image.ts'

/** What will be pushed where, under which names. */
export interface PushPlan {
  readonly pushes: readonly PlannedPush[]
  /** What cannot be pushed; the others still are. */
  readonly failures: readonly PlanFailure[]
}

export interface PlannedPush {
  /** `nvcr.io/nvidia/pytorch:24.01-py3` */
  readonly source: string
  readonly target: Reference
  /** `registry.example:5000/prefix/nvidia/pytorch:24.01-py3` */
  readonly name: string
  readonly image: PushableImage
  /** Of config and layers, each once. */
  readonly sizeBytes: number
  readonly tag: TagPlan
  /** `replaces`: the name stands for another image there, and will for this one. */
  readonly state: 'new' | 'present' | 'replaces'
  /** What the operator should know. */
  readonly notes: readonly string[]
}

/** What the name will stand for: the image, the index of all its platforms, or something else than this image. */
export type TagPlan =
  | { readonly kind: 'image' }
  | {
      readonly kind: 'index'
      readonly index: Published
      /** Images of this plan that must be there before the index can be. */
      readonly images: number
    }
  | { readonly kind: 'none' }

/** Names, collisions and indexes, then what the registry has of it. Throws AppError when it cannot be asked. */
export async function planPushes(
  images: readonly PushableImage[],
  target: PushTarget,
  uploads: Pick<Uploads, 'manifestDigest'>,
  signal?: AbortSignal,
): Promise<PushPlan> {
  const { groups, failures } = groupByName(images, target)
  const queue = new PQueue({ concurrency: QUESTIONS_AT_ONCE })
  const pushes = await Promise.all(
    groups.map((group) =>
      queue.add(async () => {
        try {
          return await planGroup(group, uploads, signal)
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'usage') throw error
          for (const { source } of group.images) failures.push({ subject: source, error })
          return []
        }
      }),
    ),
  )
  return { pushes: pushes.flat(), failures }
}

const QUESTIONS_AT_ONCE = 8

interface Group {
  readonly target: Reference
  readonly name: string
  readonly images: { readonly source: string; readonly image: PushableImage }[]
}

function groupByName(
  images: readonly PushableImage[],
  target: PushTarget,
): { groups: Group[]; failures: PlanFailure[] } {
  const groups = new Map<string, Group>()
  const failures: PlanFailure[] = []
  for (const image of images) {
    const source = formatReference(image.reference)
    try {
      const mapped = mapReference(image.reference, target)
      const name = formatReference(mapped)
      const group = groups.get(name) ?? { target: mapped, name, images: [] }
      group.images.push({ source, image })
      groups.set(name, group)
    } catch (error) {
      failures.push({ subject: source, error })
    }
  }
  return { groups: [...groups.values()], failures }
}

/** Throws AppError `usage` where one name would have to stand for several things. */
async function planGroup(
  { target, name, images: all }: Group,
  uploads: Pick<Uploads, 'manifestDigest'>,
  signal?: AbortSignal,
): Promise<PlannedPush[]> {
  const images = new Map<Digest, (typeof all)[number]>()
  for (const entry of all) {
    const { digest } = entry.image.manifest.descriptor
    // The same image twice, whole and in parts, is one.
    if (!images.has(digest)) images.set(digest, entry)
  }
  const entries = [...images.values()]
  refuseCollision(name, entries)
  const there = (digest: string): Promise<Digest | undefined> =>
    uploads.manifestDigest(target, digest, signal)
  const index = await completeIndex(
    entries.map(({ image }) => image),
    async (digest) => (await there(digest)) !== undefined,
  )
  const chosen = entries.find(({ image }) => image.platform === 'linux/amd64') ?? entries[0]
  const plan = async (entry: (typeof all)[number]): Promise<PlannedPush> => {
    const { source, image } = entry
    const tag: TagPlan = index ?? { kind: entry === chosen ? 'image' : 'none' }
    const own = image.manifest.descriptor.digest
    const wanted = tag.kind === 'index' ? tag.index.descriptor.digest : own
    const found = await there(tag.kind === 'none' ? own : (target.tag ?? wanted))
    const state = found === undefined ? 'new' : found === wanted ? 'present' : 'replaces'
    const sizeBytes = image.blobs.reduce((sum, { size }) => sum + size, 0)
    const notes = notesOf(image, tag, chosen?.image)
    return { source, target, name, image, sizeBytes, tag, state, notes }
  }
  return await Promise.all(entries.map(plan))
}

function refuseCollision(name: string, entries: Group['images']): void {
  const sources = new Set(entries.map(({ source }) => source))
  const platforms = new Set(entries.map(({ image }) => image.platform))
  if (sources.size === 1 && platforms.size === entries.length) return
  const [a, b] = entries.map(({ source, image }) => image.file ?? source)
  throw new AppError('usage', `${name} would be two different images: ${a} and ${b}.`, {
    hint: 'Push them one at a time, or below another prefix.',
  })
}

/** The published index, if all that it lists is here or at the registry: it takes no other. */
async function completeIndex(
  images: readonly PushableImage[],
  isThere: (digest: Digest) => Promise<boolean>,
): Promise<TagPlan | undefined> {
  const [first] = images
  const carried = first && carriedIndex(first.extras, first.manifest.descriptor.digest)
  if (!carried) return undefined
  const listed = new Set(carried.index.manifests.map(({ digest }) => digest))
  for (const { extras, manifest } of images) {
    const { digest } = manifest.descriptor
    // Another image of the same name is of another index.
    if (!listed.delete(digest)) return undefined
    for (const attestation of carriedAttestations(extras, digest)) {
      listed.delete(attestation.manifest.descriptor.digest)
    }
  }
  for (const digest of listed) if (!(await isThere(digest))) return undefined
  return { kind: 'index', index: carried.published, images: images.length }
}

function notesOf(image: PushableImage, tag: TagPlan, chosen: PushableImage | undefined): string[] {
  const notes: string[] = []
  if (image.isManifestMade) {
    notes.push('its tarball has no manifest: one is made, the digest is not the publisher’s')
  }
  const index = carriedIndex(image.extras, image.manifest.descriptor.digest)
  if (tag.kind === 'image' && index) {
    const platforms = index.index.manifests.filter(({ platform }) => platform?.os !== 'unknown')
    if (platforms.length > 1) {
      notes.push(`one of ${plural(platforms.length, 'platform')}: the name stands for it alone`)
    }
  }
  if (tag.kind === 'none') {
    notes.push(`by its digest only: the name stands for ${chosen?.platform ?? 'another platform'}`)
  }
  return notes
}
