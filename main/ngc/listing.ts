import { isRefusal, type Access } from './access.ts'
import type { CatalogueRepository } from './catalogue.ts'
import { allPages } from './pages.ts'
import { explainKeyRefusal } from './refusal.ts'
import { splitPath } from './repository-path.ts'
import { orgsSchema, repositoriesSchema } from './schemas.ts'
import { fromRepository } from './shapes.ts'
import { endpoint } from './site.ts'

/**
 * What the key's orgs may see, private repositories and teams included: those orgs of the key that are asked for, and its
 * first one, whose list holds what NVIDIA shares with it.
 */
export async function listWithKey(
  access: Access,
  catalog: URL,
  orgs: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<CatalogueRepository[]> {
  const own = await ownOrgs(access, catalog, signal)
  const asked = own.filter((org, index) => index === 0 || orgs.has(org)).slice(0, MOST_ORGS)
  const lists: CatalogueRepository[] = []
  for (const org of asked) {
    try {
      lists.push(...(await listOrg(access, catalog, org, signal)))
    } catch (error) {
      // A key may be valid without a right to the registry of each of its orgs.
      if (!isRefusal(error)) throw error
    }
  }
  return lists
}

/** The orgs that the key belongs to. Throws AppError `unauthorized` for a key that is refused. */
export async function ownOrgs(
  access: Access,
  catalog: URL,
  signal?: AbortSignal,
): Promise<string[]> {
  try {
    const question = { url: endpoint(catalog, '/v2/orgs'), schema: orgsSchema }
    const { organizations } = await access.key(question, undefined, signal)
    const names = organizations.map(({ name }) => name)
    return [...new Set(names)].filter((name) => splitPath(`${name}/name`) !== undefined)
  } catch (error) {
    throw explainKeyRefusal(error)
  }
}

async function listOrg(
  access: Access,
  catalog: URL,
  org: string,
  signal?: AbortSignal,
): Promise<CatalogueRepository[]> {
  const ask = (page: number) => {
    const url = endpoint(catalog, `/v2/org/${org}/repos`, {
      'include-teams': 'true',
      'include-public': 'true',
      ...(page > 0 && { 'page-number': `${page}` }),
    })
    return access.key({ url, schema: repositoriesSchema }, { org }, signal)
  }
  // All in one answer, as far as recordings show; should it tell of pages, they are asked for.
  const pages = await allPages(ask, ({ repositories, paginationInfo }) => ({
    totalPages: paginationInfo?.totalPages ?? 1,
    names: repositories.map(({ namespace, name }) => `${namespace}/${name}`),
  }))
  return pages
    .flatMap(({ repositories }) => repositories)
    .map((answer) => fromRepository(`${answer.namespace}/${answer.name}`, answer))
    .filter(({ path }) => splitPath(path) !== undefined)
}

const MOST_ORGS = 20
