import { layoutTarball } from '../archive/layout.ts'
import { parseFileName, tarballName } from '../archive/name.ts'
import type { LibraryImage } from '../library/inventory.ts'
import type { InTurn } from '../net/turns.ts'
import type { Registry } from '../registry/client.ts'
import { formatReference, isDigest, type Digest, type Reference } from '../registry/reference.ts'
import { formatPlatform, parsePlatform } from '../registry/platform.ts'
import type { ResolvedImage } from '../registry/manifest.ts'
import { readManifest } from '../registry/read-manifest.ts'
import { namedImages, resolveImage } from '../registry/resolve.ts'
import type { StateFile } from '../state/state-file.ts'
import { stateRepository, stateTag, type Candidate } from './candidate.ts'
import { uniqueLayers, type GatheredImage, type PlanFailure } from './plan.ts'

/** Where the facts of a plan come from. */
export interface GatherSources {
  readonly registry: Registry
  readonly registryName: string
  readonly state: StateFile
  /** What the destination holds. */
  readonly library: readonly LibraryImage[]
  /** The catalogue's change key of one tag, asked for only where nothing else can tell whether it changed. */
  changeKeyOf(reference: Reference, signal?: AbortSignal): Promise<string | undefined>
  readonly inTurn: InTurn
}

export interface Gathered {
  readonly images: readonly GatheredImage[]
  readonly failures: readonly PlanFailure[]
}

/** Asks the registry about every candidate, several at once; the order stays, and one failure stops nothing else. */
export async function gather(
  candidates: readonly Candidate[],
  wanted: string,
  sources: GatherSources,
  signal?: AbortSignal,
): Promise<Gathered> {
  const failures: PlanFailure[] = []
  const images = await Promise.all(
    unique(candidates).map((candidate) =>
      sources.inTurn(async () => {
        try {
          return await gatherOne(candidate, candidate.platform ?? wanted, sources, signal)
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
  const undisputed = presentByItself(candidate, wanted, sources)
  if (undisputed) return [undisputed]
  const published = await sources.registry.manifest(reference, signal)
  const named = namedImages(published, reference, wanted)
  const entryOf = (platform: string): { repository: string; tag: string } => ({
    repository: stateRepository(reference, sources.registryName),
    tag: stateTag(reference, platform, named.isOnlyPlatform),
  })
  const rootDigest = published.descriptor.digest

  const isRecorded = async (platform: string, digest: Digest): Promise<boolean> => {
    const { repository, tag } = entryOf(platform)
    const saved = sources.state.get(repository, tag)
    if (saved === undefined) return false
    if (saved === rootDigest || saved === changeKey) return true
    // Saved under a catalogue's key, but named without one now: the tarball itself, or else the catalogue, decides.
    if (changeKey !== undefined || isDigest(saved)) return false
    const here = inLibrary(sources.library, reference, platform)
    if (here?.digest === digest) return true
    return saved === ((await sources.changeKeyOf(reference, signal)) ?? '')
  }

  const present = await Promise.all(
    named.images.map(async ({ digest, platform }) => {
      // What only a config would tell, the tarball tells as well; else it is what was asked for.
      const here = sources.library.find((image) => image.digest === digest)
      const name = platform ? formatPlatform(platform) : (here?.platform ?? wanted)
      const isBroken = brokenIn(sources.library, reference, name) !== undefined
      return !isBroken && (await isRecorded(name, digest))
        ? presentImage(reference, name, digest, named.note, sources, signal)
        : undefined
    }),
  )
  const found = present.filter((image) => image !== undefined)
  if (found.length === named.images.length) return found

  const { images, note } = await resolveImage(sources.registry, reference, wanted, {
    carry: { signatures: true, attestations: true },
    published,
    ...(signal && { signal }),
  })
  const notes = note === undefined ? [] : [note]
  if (sources.registry.access(reference) === 'guest-instead') {
    notes.push('the key may not pull it; fetched as guest')
  }
  const gathered = async (image: ResolvedImage): Promise<GatheredImage> => {
    const { digest } = image.manifest.descriptor
    const known = found.find((one) => one.digest === digest)
    if (known) return known
    const platform = formatPlatform(image.platform)
    const layout = layoutTarball(image, formatReference(reference))
    const entry = entryOf(platform)
    const isOther =
      sources.state.get(entry.repository, entry.tag) !== undefined &&
      !(await isRecorded(platform, digest))
    const broken = brokenIn(sources.library, reference, platform)
    // What was interrupted is gone on with, and nothing to tell of.
    const isWorthAWord = broken !== undefined && broken.status !== 'partial'
    return {
      reference,
      platform,
      digest,
      sizeBytes: layout.sizeBytes,
      notes: isWorthAWord
        ? [...notes, `what is here is ${broken.status}: it is saved again`]
        : notes,
      state: isOther ? 'changed' : 'new',
      name: tarballName(reference, image.platform),
      image,
      layout,
      stateEntry: { ...entry, changeKey: changeKey ?? rootDigest },
    }
  }
  return await Promise.all(images.map(gathered))
}

/** What was saved, whether its tarball is here or not; the size of one that is not here is that of its blobs. */
async function presentImage(
  reference: Reference,
  platform: string,
  digest: Digest,
  note: string | undefined,
  sources: GatherSources,
  signal?: AbortSignal,
): Promise<GatheredImage> {
  const base = { reference, platform, digest, state: 'present' } as const
  const notes = note === undefined ? [] : [note]
  const here = inLibrary(sources.library, reference, platform)
  if (here) return { ...base, notes, sizeBytes: here.sizeBytes, file: here.file }
  notes.push('saved before, not here')
  const { registry, repository } = reference
  const published = await sources.registry.manifest({ registry, repository, digest }, signal)
  const read = readManifest(published, formatReference(reference))
  const blobs = read.kind === 'manifest' ? [read.manifest.config, ...read.manifest.layers] : []
  const sizes = uniqueLayers(blobs).map(({ size }) => size)
  return { ...base, notes, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) }
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

/**
 * What is here of an image and is not whole, by what it says of itself or, where it says nothing any more, by its file's
 * name; undefined where it is whole as well, or not here at all.
 */
function brokenIn(
  library: readonly LibraryImage[],
  reference: Reference,
  platform: string,
): LibraryImage | undefined {
  if (inLibrary(library, reference, platform) !== undefined) return undefined
  const name = formatReference(reference)
  // “all”, where neither the manifest nor a tarball tells the platform
  const file = platform.includes('/') ? tarballName(reference, parsePlatform(platform)) : undefined
  return library.find(
    (image) =>
      image.status !== 'complete' &&
      ((image.reference === name && image.platform === platform) ||
        parseFileName(image.file).name === file),
  )
}

/** A reference named twice, by itself and by a rule, is one image for each platform; the catalogue's change key is kept. */
function unique(candidates: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const key = `${formatReference(candidate.reference)} ${candidate.platform ?? ''}`
    const earlier = found.get(key)
    if (earlier?.changeKey === undefined) found.set(key, { ...earlier, ...candidate })
  }
  return [...found.values()]
}
