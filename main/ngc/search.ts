import type { Access } from './access.ts'
import type { CatalogueRepository } from './catalogue.ts'
import { allPages } from './pages.ts'
import { splitPath } from './repository-path.ts'
import { searchSchema, type Resource } from './schemas.ts'
import { fromSearch } from './shapes.ts'
import { endpoint } from './site.ts'

/** The public repositories of an org and its teams, as the catalogue's search finds them, page by page. */
export async function search(
  access: Access,
  catalog: URL,
  org: string,
  signal?: AbortSignal,
): Promise<CatalogueRepository[]> {
  const ask = async (
    page: number,
  ): Promise<{ totalPages: number | undefined; found: Resource[] }> => {
    // A bare string as q is answered with 400.
    const q = JSON.stringify({
      query: `orgName:${org}`,
      page,
      pageSize: PAGE_SIZE,
      filters: [{ field: 'orgName', value: org }],
    })
    const url = endpoint(catalog, '/v2/search/catalog/resources/CONTAINER', { q })
    const answer = await access.guest({ url, schema: searchSchema }, signal)
    // The group `_scored` repeats the best of the group CONTAINER.
    const groups = answer.results.filter(({ groupValue }) => groupValue === 'CONTAINER')
    return {
      totalPages: answer.resultPageTotal,
      found: groups.flatMap(({ resources }) => resources),
    }
  }
  const pages = await allPages(ask, ({ totalPages, found }) => ({
    totalPages,
    names: found.map(({ resourceId }) => resourceId),
  }))
  return pages
    .flatMap(({ found }) => found)
    .filter(({ resourceId }) => splitPath(resourceId) !== undefined)
    .map((resource) => fromSearch(resource.resourceId, resource))
}

const PAGE_SIZE = 100
