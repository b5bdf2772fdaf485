import { AppError } from '../api/errors.ts'
import type { Catalogue, CatalogueRepository, CatalogueTag } from './catalogue.ts'
import type { JsonClient } from './json-client.ts'
import { explainKeyRefusal, explainRefusal } from './refusal.ts'
import { isWithin, parseNamespace, splitPath } from './repository-path.ts'
import { dgxRepositoriesSchema, dgxRepositorySchema } from './schemas.ts'
import type { Secret } from './secret.ts'
import { compact, isImageTag } from './shapes.ts'
import { endpoint } from './site.ts'

/** The DGX service: an older catalogue of the same images, for keys of 40 characters. */
export class DgxClient implements Catalogue {
  readonly #dgx: URL
  readonly #json: JsonClient
  readonly #key: Secret
  /** What the service listed last: it answers nothing but tags for a single repository. */
  #listed: readonly CatalogueRepository[] = []

  constructor(dgx: URL, json: JsonClient, key: Secret) {
    this.#dgx = dgx
    this.#json = json
    this.#key = key
  }

  /** One request, whatever the number of namespaces. */
  async repositories(
    namespaces: readonly string[],
    signal?: AbortSignal,
  ): Promise<CatalogueRepository[]> {
    const wanted = namespaces.map(parseNamespace)
    this.#listed = await this.#list(signal)
    return this.#listed.filter(({ path }) => wanted.some((namespace) => isWithin(path, namespace)))
  }

  async repository(path: string, signal?: AbortSignal): Promise<CatalogueRepository> {
    const known = this.#listed.find((repository) => repository.path === path)
    if (known) return known
    this.#listed = await this.#list(signal)
    const found = this.#listed.find((repository) => repository.path === path)
    if (found) return found
    throw new AppError('not-found', `${path} is not in the catalogue of ${this.#dgx.host}.`)
  }

  async tags(path: string, signal?: AbortSignal): Promise<CatalogueTag[]> {
    if (splitPath(path) === undefined) throw new AppError('usage', `“${path}” is not a repository.`)
    try {
      const url = endpoint(this.#dgx, `${BASE}/${path}`)
      const question = { url, schema: dgxRepositorySchema, authorization: this.#authorization() }
      const { tags } = await this.#json.ask(question, signal)
      return tags
        .filter(({ name }) => isImageTag(name))
        .map((tag) =>
          compact({
            tag: tag.name,
            changeKey: tag.dockerImageId ?? '',
            updated: tag.lastModified,
            sizeBytes: tag.size,
          }),
        )
    } catch (error) {
      throw explainRefusal(error, path, true)
    }
  }

  async #list(signal?: AbortSignal): Promise<CatalogueRepository[]> {
    const url = endpoint(this.#dgx, BASE, { includePublic: 'true' })
    const question = { url, schema: dgxRepositoriesSchema, authorization: this.#authorization() }
    try {
      const { repositories } = await this.#json.ask(question, signal)
      const found = new Map<string, CatalogueRepository>()
      for (const { namespace, name, description, isPublic } of repositories) {
        const path = `${namespace}/${name}`
        if (splitPath(path)) found.set(path, compact({ path, description, isPublic }))
      }
      return [...found.values()]
    } catch (error) {
      throw explainKeyRefusal(error)
    }
  }

  #authorization(): string {
    return `APIKey ${Buffer.from(this.#key.reveal()).toString('base64')}`
  }
}

const BASE = '/rest/api/v1/repository'
