import { AppError } from '../api/errors.ts'
import { Access, isRefusal } from './access.ts'
import type { Catalogue, CatalogueRepository, CatalogueTag } from './catalogue.ts'
import type { Credentials } from './credentials.ts'
import type { JsonClient, JsonQuestion } from './json-client.ts'
import { listWithKey } from './listing.ts'
import { allPages } from './pages.ts'
import { explainRefusal } from './refusal.ts'
import { isWithin, parseNamespace, splitPath } from './repository-path.ts'
import { imagesSchema, repositorySchema } from './schemas.ts'
import { search } from './search.ts'
import { fromImage, fromRepository, isImageTag } from './shapes.ts'
import { endpoint } from './site.ts'

/** NGC's catalogue, as guest or with a key. */
export class NgcClient implements Catalogue {
  readonly #catalog: URL
  readonly #access: Access

  constructor(catalog: URL, json: JsonClient, credentials: Credentials | undefined) {
    this.#catalog = catalog
    this.#access = new Access(json, credentials)
  }

  /** One request for each 100 public repositories, and with a key one more for each org; each is listed once. */
  async repositories(
    namespaces: readonly string[],
    signal?: AbortSignal,
  ): Promise<CatalogueRepository[]> {
    const wanted = namespaces.map(parseNamespace)
    const orgs = new Set(wanted.map((namespace) => namespace.replace(/\/.*/, '')))
    const found = new Map<string, CatalogueRepository>()
    const add = (repositories: readonly CatalogueRepository[]): void => {
      for (const repository of repositories) {
        // Either list may know what the other does not say.
        found.set(repository.path, { ...found.get(repository.path), ...repository })
      }
    }
    if (this.#access.hasKey) add(await listWithKey(this.#access, this.#catalog, orgs, signal))
    for (const org of orgs) add(await this.#public(org, signal))
    return [...found.values()].filter(({ path }) =>
      wanted.some((namespace) => isWithin(path, namespace)),
    )
  }

  async repository(path: string, signal?: AbortSignal): Promise<CatalogueRepository> {
    const answer = await this.#ask(path, '', {}, repositorySchema, signal)
    return fromRepository(path, answer)
  }

  async tags(path: string, signal?: AbortSignal): Promise<CatalogueTag[]> {
    const pages = await allPages(
      (page) => {
        const query = { 'page-number': `${page}`, 'page-size': `${PAGE_SIZE}` }
        return this.#ask(path, '/images', query, imagesSchema, signal)
      },
      ({ images, paginationInfo }) => ({
        totalPages: paginationInfo?.totalPages,
        names: images.map(({ tag }) => tag),
      }),
    )
    const tags = new Map<string, CatalogueTag>()
    for (const image of pages.flatMap(({ images }) => images)) {
      // Pages shift when an image is pushed between two requests: the first answer is the newer one.
      if (isImageTag(image.tag) && !tags.has(image.tag)) tags.set(image.tag, fromImage(image))
    }
    return [...tags.values()]
  }

  async #public(org: string, signal?: AbortSignal): Promise<CatalogueRepository[]> {
    try {
      return await search(this.#access, this.#catalog, org, signal)
    } catch (error) {
      // A site of one's own may have no public search; with a key the org's list is enough.
      if (this.#access.hasKey && isRefusal(error)) return []
      throw error
    }
  }

  async #ask<Output>(
    path: string,
    suffix: string,
    query: Readonly<Record<string, string>>,
    schema: JsonQuestion<Output>['schema'],
    signal?: AbortSignal,
  ): Promise<Output> {
    const parts = splitPath(path)
    if (parts === undefined) {
      throw new AppError('usage', `“${path}” is not a repository.`, {
        hint: 'Write it like nvidia/pytorch or nvidia/clara/monai-toolkit.',
      })
    }
    const { org, team, name } = parts
    const within = team === undefined ? '' : `/team/${team}`
    const address = (start: string) => ({
      url: endpoint(this.#catalog, `${start}${suffix}`, query),
      schema,
    })
    try {
      return await this.#access.either(
        {
          guest: address(`/v2/repos/${path}`),
          key: address(`/v2/org/${org}${within}/repos/${name}`),
        },
        parts,
        signal,
      )
    } catch (error) {
      throw explainRefusal(error, path, this.#access.hasKey)
    }
  }
}

const PAGE_SIZE = 100
