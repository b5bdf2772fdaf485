import PQueue from 'p-queue'
import { layoutTarball } from '../archive/layout.ts'
import { tarballName } from '../archive/name.ts'
import type { LibraryImage } from '../library/inventory.ts'
import type { Registry } from '../registry/client.ts'
import { MediaType, type ResolvedImage } from '../registry/manifest.ts'
import { formatReference, isDigest, type Digest, type Reference } from '../registry/reference.ts'
import { formatPlatform } from '../registry/platform.ts'
import { resolveImage } from '../registry/resolve.ts'
import type { StateFile } from '../state/state-file.ts'
import { stateRepository, stateTag, type Candidate } from './candidate.ts'
import type { GatheredImage, PlanFailure } from './plan.ts'

/** Where the facts of a plan come from. */
export interface GatherSources {
  readonly registry: Registry
  readonly registryName: string
  readonly state: StateFile
  /** What the destination holds. */
  readonly library: readonly LibraryImage[]
  /** The catalogue's change key of one tag, asked for only where nothing else can tell whether it changed. */
  changeKeyOf(reference: Reference, signal?: AbortSignal): Promise<string | undefined>
  readonly connections: number
}

/** Asks the registry about every candidate, several at once; the order stays, and one failure stops nothing else. */
export async function gather(
  candidates: readonly Candidate[],
  wanted: string,
  sources: GatherSources,
  signal?: AbortSignal,
): Promise<{ images: GatheredImage[]; failures: PlanFailure[] }> {
  const queue = new PQueue({ concurrency: sources.connections })
  const failures: PlanFailure[] = []
  const images = await Promise.all(
    unique(candidates).map((candidate) =>
      queue.add(async () => {
        try {
          return await gatherOne(candidate, wanted, sources, signal)
        } catch (error) {
          signal?.throwIfAborted()
          failures.push({ subject: formatReference(candidate.reference), error })
          return []
        }
      }),
    ),
  )
  return { images: images.flat(), failures }
}

async function gatherOne(
  candidate: Candidate,
  wanted: string,
  sources: GatherSources,
  signal?: AbortSignal,
): Promise<GatheredImage[]> {
  const { reference, changeKey } = candidate
  const known = presentByItself(candidate, wanted, sources)
  if (known) return [known]
  const { images, note } = await resolveImage(sources.registry, reference, wanted, {
    carry: { signatures: true, attestations: true },
    ...(signal && { signal }),
  })
  const access = sources.registry.access(reference)
  const isOnlyPlatform = images.length === 1 && (wanted === 'all' || note !== undefined)
  return Promise.all(
    images.map(async (image): Promise<GatheredImage> => {
      const name = tarballName(reference, image.platform)
      const platform = formatPlatform(image.platform)
      const layout = layoutTarball(image, formatReference(reference))
      const entry = {
        repository: stateRepository(reference, sources.registryName),
        tag: stateTag(reference, platform, isOnlyPlatform),
      }
      const digest = image.manifest.descriptor.digest
      const here = inLibrary(sources.library, reference, platform)
      const base = { reference, platform, digest, sizeBytes: layout.sizeBytes }
      const notes = note === undefined ? [] : [note]
      if (access === 'guest-instead') notes.push('the key may not pull it; fetched as guest')
      const saved = sources.state.get(entry.repository, entry.tag)
      const published = publishedDigest(image)
      if (saved !== undefined && (await isUnchanged(saved, published, here?.digest === digest))) {
        if (!here) notes.push('saved before, not here')
        return { ...base, notes, state: 'present', ...(here && { file: here.file }) }
      }
      return {
        ...base,
        notes,
        state: saved === undefined ? 'new' : 'changed',
        name,
        image,
        layout,
        stateEntry: { ...entry, changeKey: changeKey ?? published },
      }
    }),
  )

  async function isUnchanged(saved: string, published: Digest, isHere: boolean): Promise<boolean> {
    if (saved === published || saved === changeKey) return true
    // Saved under a catalogue's key, but named without one now: the tarball itself, or else the catalogue, decides.
    if (changeKey !== undefined || isDigest(saved)) return false
    return isHere || saved === ((await sources.changeKeyOf(reference, signal)) ?? '')
  }
}

/**
 * Present by the word of state.yml and with its tarball here: nothing need be asked. Only for the default platform,
 * whose entry is the plain tag.
 */
function presentByItself(
  candidate: Candidate,
  wanted: string,
  sources: GatherSources,
): GatheredImage | undefined {
  const { reference, changeKey } = candidate
  if (wanted !== 'linux/amd64' || changeKey === undefined) return undefined
  const repository = stateRepository(reference, sources.registryName)
  if (sources.state.get(repository, stateTag(reference, wanted, true)) !== changeKey)
    return undefined
  const here = inLibrary(sources.library, reference, wanted)
  if (here?.digest === undefined || here.digest === null) return undefined
  const { platform, digest, sizeBytes } = here
  return {
    reference,
    platform: platform ?? wanted,
    digest,
    sizeBytes,
    notes: [],
    state: 'present',
    file: here.file,
  }
}

function inLibrary(
  library: readonly LibraryImage[],
  reference: Reference,
  platform: string,
): LibraryImage | undefined {
  const name = formatReference(reference)
  return library.find(
    (image) =>
      image.reference === name && image.platform === platform && image.status === 'complete',
  )
}

/** The digest under which the tag was published: of the index where there is one. */
function publishedDigest(image: ResolvedImage): Digest {
  const index = image.extras.find(
    ({ descriptor }) =>
      descriptor.mediaType === MediaType.ociIndex || descriptor.mediaType === MediaType.dockerList,
  )
  return (index ?? image.manifest).descriptor.digest
}

/** A reference named twice, by itself and by a rule, is one image; the catalogue's change key is kept. */
function unique(candidates: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const name = formatReference(candidate.reference)
    const earlier = found.get(name)
    if (earlier?.changeKey === undefined) found.set(name, { ...earlier, ...candidate })
  }
  return [...found.values()]
}
