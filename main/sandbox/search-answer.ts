import { z } from 'zod'
import type { Answer } from './answer.ts'
import { latestTag, ok, platformsOf, refuse } from './catalog-answers.ts'
import type { Collection } from './collection.ts'
import { logoAddress } from './logos.ts'
import type { SandboxRepository } from './repository.ts'

/** `…/search/…/resources/CONTAINER?q=JSON`: groups of resources, one of which repeats the other's best. */
export function searchAnswer(
  collection: Collection,
  url: URL,
  mayShow: (repository: SandboxRepository) => boolean,
): Answer {
  const query = parseQuery(url.searchParams.get('q'))
  if (query === undefined) return refuse(400, 'Invalid search query')
  const org = query.filters.find(({ field }) => field === 'orgName')?.value
  const matches = collection.repositories.filter(
    (repository) =>
      mayShow(repository) && (org === undefined || repository.path.startsWith(`${org}/`)),
  )
  const pageSize = Math.max(1, Math.min(MOST_RESULTS, query.pageSize))
  const start = query.page * pageSize
  const resources = matches
    .slice(start, start + pageSize)
    .map((repository) => resourceOf(collection, repository, url.origin))
  return ok({
    resultTotal: matches.length,
    resultPageTotal: Math.ceil(matches.length / pageSize),
    params: { page: query.page, pageSize },
    results: [
      { groupValue: '_scored', totalCount: matches.length, resources: resources.slice(0, 3) },
      { groupValue: 'CONTAINER', totalCount: matches.length, resources },
    ],
  })
}

const MOST_RESULTS = 5

const querySchema = z.object({
  query: z.string().optional(),
  page: z.number().int().nonnegative().default(0),
  pageSize: z.number().int().positive().default(25),
  filters: z.array(z.object({ field: z.string(), value: z.string() })).default([]),
})

function parseQuery(text: string | null): z.infer<typeof querySchema> | undefined {
  try {
    return querySchema.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

function resourceOf(collection: Collection, repository: SandboxRepository, origin: string): object {
  const [orgName, teamName] = repository.path.split('/')
  const isTeam = repository.path.split('/').length > 2
  const latest = latestTag(repository)
  const [platform] = latest ? platformsOf(collection, latest) : []
  const attributes = {
    latestTag: latest?.tag,
    logo: logoAddress(origin, repository.path),
    latestTagPushedDate: latest?.updated,
    size: platform && `${platform.compressedSize}`,
    hasSignedTag: `${repository.tags.some(({ isSigned }) => isSigned)}`,
  }
  return {
    resourceId: repository.path,
    resourceType: 'CONTAINER',
    orgName,
    teamName: isTeam ? teamName : undefined,
    name: repository.path.split('/').at(-1),
    displayName: repository.displayName,
    description: repository.shortDescription,
    dateModified: latest?.updated,
    labels: [{ key: 'publisher', values: [repository.publisher] }],
    attributes: Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value }],
    ),
  }
}
