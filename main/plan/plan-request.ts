import type { AppError } from '../api/errors.ts'
import { earlierName } from '../archive/name.ts'
import { promisedBytes } from '../archive/partial.ts'
import { missingOf } from '../carried-app/carry.ts'
import type { CarriedFile } from '../carried-app/carried-file.ts'
import { listLeftovers } from '../library/leftovers.ts'
import { nameClashes } from '../library/name-clashes.ts'
import type { InTurn } from '../net/turns.ts'
import type { Catalogue } from '../ngc/catalogue.ts'
import type { Registry } from '../registry/client.ts'
import { formatReference, type Reference } from '../registry/reference.ts'
import { selectByRules, selectNamed } from '../selection/candidates.ts'
import type { Rules } from '../selection/rules.ts'
import { smallest, type OpenDestination } from '../transfer/open-destination.ts'
import type { Candidate } from './candidate.ts'
import { gather, type Gathered } from './gather.ts'
import { makePlan, type GatheredImage, type Plan, type PlanFailure } from './plan.ts'

/** What the operator asks for: images named one by one, or rules over the catalogue; and images of other registries. */
export interface Request {
  readonly named: readonly string[]
  readonly rules: Rules
  readonly external: readonly Reference[]
  /** Images of a list, each for a platform of its own; with one, nothing is selected by rules. */
  readonly listed?: readonly Pick<Candidate, 'reference' | 'platform'>[]
  /** `linux/amd64`, or `all`. */
  readonly platform: string
  /** No file becomes larger, whatever the drive could hold. */
  readonly maxFileSizeBytes?: number | undefined
  /** To be put into the folder `app` as well. */
  readonly carried?: readonly CarriedFile[] | undefined
  readonly folder: string
}

export interface PlanSources {
  readonly catalogue: Catalogue
  readonly registry: Registry
  /** Of the site: what is named without a registry is there. */
  readonly registryName: string
  readonly inTurn: InTurn
  /** What the catalogue says of a tag changes when it is published again. */
  changeKeyOf(reference: Reference, signal?: AbortSignal): Promise<string | undefined>
}

/** Resolves a request against the catalogue, the registry and the destination; writes nothing. */
export async function planRequest(
  sources: PlanSources,
  { destination, state, library, held }: OpenDestination,
  request: Omit<Request, 'folder'>,
  signal?: AbortSignal,
): Promise<Plan> {
  const { folder } = destination
  const selected = await select(sources, request, signal)
  const { platform, maxFileSizeBytes, carried = [] } = request
  const gathered = await gather(
    selected.candidates,
    platform,
    { ...sources, state, library },
    signal,
  )
  const names = new Set(
    gathered.images.flatMap((image) => (image.state === 'present' ? [] : image.name)),
  )
  const { images, failures } = withoutClashes(gathered, await nameClashes(folder, names))
  const usedUp = new Set([...names, ...[...names].map(earlierName)])
  const leftovers = (await listLeftovers(folder)).filter(({ name }) => usedUp.has(name))
  const leftBytes = leftovers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const largestFileBytes = smallest(maxFileSizeBytes, destination.largestFileBytes)
  const begunBytes = new Map<string, number>()
  for (const image of images) {
    if (image.state === 'present') continue
    const bytes = await promisedBytes({ ...image, folder, maxFileSizeBytes: largestFileBytes })
    begunBytes.set(image.name, bytes)
  }
  return makePlan(
    {
      ...destination,
      freeBytes: destination.freeBytes + leftBytes,
      ...(largestFileBytes !== undefined && { largestFileBytes }),
    },
    images,
    [...selected.failures, ...failures],
    held.digests(),
    begunBytes,
    await missingOf(folder, carried),
  )
}

async function select(
  source: PlanSources,
  { named, rules, external, listed = [] }: Omit<Request, 'folder'>,
  signal?: AbortSignal,
): Promise<{ candidates: readonly Candidate[]; failures: readonly PlanFailure[] }> {
  const { candidates, failures } =
    named.length > 0 || listed.length > 0
      ? await selectNamed(source, named, rules, signal)
      : await selectByRules(source, rules, signal)
  const others = external.map((reference) => ({ reference }))
  return { candidates: [...candidates, ...others, ...listed], failures }
}

/** What would overwrite a file that is not ours cannot be planned. */
function withoutClashes(
  { images, failures }: Gathered,
  clashes: ReadonlyMap<string, AppError>,
): Gathered {
  const clashOf = (image: GatheredImage): AppError | undefined =>
    image.state === 'present' ? undefined : clashes.get(image.name)
  const clashing = images.flatMap((image): PlanFailure[] => {
    const error = clashOf(image)
    return error === undefined ? [] : [{ subject: formatReference(image.reference), error }]
  })
  return {
    images: images.filter((image) => clashOf(image) === undefined),
    failures: [...failures, ...clashing],
  }
}
