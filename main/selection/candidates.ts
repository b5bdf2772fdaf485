import { AppError } from '../api/errors.ts'
import type { InTurn } from '../net/turns.ts'
import type { Catalogue } from '../ngc/catalogue.ts'
import { parsePage, type PageTarget } from '../ngc/page.ts'
import type { Candidate } from '../plan/candidate.ts'
import type { PlanFailure } from '../plan/plan.ts'
import { parseReference, type Reference } from '../registry/reference.ts'
import { cudaFirst, selectsRepository, selectTags, type Rules } from './rules.ts'

/** What a selection asks for; repositories that could not be read are failures, and the others go on. */
export interface Selected {
  readonly candidates: readonly Candidate[]
  readonly failures: readonly PlanFailure[]
}

/** Where a catalogue's tags are selected from. */
export interface SelectionSource {
  readonly catalogue: Catalogue
  readonly registryName: string
  readonly inTurn: InTurn
}

/** Everything the rules select. The list is asked for once, then the tags of matching repositories only. */
export async function selectByRules(
  source: SelectionSource,
  rules: Rules,
  signal?: AbortSignal,
): Promise<Selected> {
  const listed = await source.catalogue.repositories(rules.projects, signal)
  const paths = listed.filter(({ path }) => selectsRepository(rules, path))
  return selectFrom(source, cudaFirst(paths), rules, signal)
}

/**
 * What was named one by one: references, and addresses of catalogue pages or `docker pull` lines.
 * A page without a tag stands for its repository, under the rules' other filters. Throws AppError `usage`.
 */
export async function selectNamed(
  source: SelectionSource,
  texts: readonly string[],
  rules: Rules,
  signal?: AbortSignal,
): Promise<Selected> {
  const found = await Promise.all(
    texts.map(async (text): Promise<Selected> => {
      const page = parsePage(text)
      if (page === undefined && /^https?:/i.test(text)) {
        throw new AppError(
          'usage',
          `“${text}” is not the address of an image in NVIDIA’s catalogue.`,
          {
            hint: 'It looks like https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch.',
          },
        )
      }
      if (page && page.tag === undefined && page.digest === undefined) {
        return selectFrom(source, [{ path: page.path }], rules, signal)
      }
      const reference = page
        ? referenceOf(page, source.registryName)
        : parseReference(text, source.registryName)
      return { candidates: [{ reference }], failures: [] }
    }),
  )
  return {
    candidates: found.flatMap(({ candidates }) => candidates),
    failures: found.flatMap(({ failures }) => failures),
  }
}

function referenceOf({ path, tag, digest, registry }: PageTarget, registryName: string): Reference {
  return {
    registry: registry ?? registryName,
    repository: path,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  }
}

async function selectFrom(
  source: SelectionSource,
  repositories: readonly { readonly path: string }[],
  rules: Rules,
  signal?: AbortSignal,
): Promise<Selected> {
  const failures: PlanFailure[] = []
  const candidates = await Promise.all(
    repositories.map(({ path }) =>
      source.inTurn(async (): Promise<Candidate[]> => {
        try {
          const tags = await source.catalogue.tags(path, signal)
          return selectTags(rules, path, tags).map(({ tag, changeKey }) => ({
            reference: { registry: source.registryName, repository: path, tag },
            ...(changeKey !== '' && { changeKey }),
          }))
        } catch (error) {
          signal?.throwIfAborted()
          failures.push({ subject: path, error })
          return []
        }
      }),
    ),
  )
  return { candidates: candidates.flat(), failures }
}
