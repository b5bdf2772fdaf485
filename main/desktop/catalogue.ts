import { setTimeout as wait } from 'node:timers/promises'
import type { Handlers } from '../api/contract.ts'
import { AppError, messageOf } from '../api/errors.ts'
import type { CatalogueList, RepositoryRow, TagList, TagRow } from '../api/shapes.ts'
import type { Catalogue, CatalogueRepository, CatalogueTag } from '../ngc/catalogue.ts'
import { pageAddress } from '../ngc/page.ts'
import { parseReference } from '../registry/reference.ts'
import { newestFirst } from '../selection/version.ts'
import { createCache } from './cache.ts'
import type { CatalogueShelf } from './catalogue-shelf.ts'
import type { Connection } from './connection.ts'
import { createLogos, type LogoReach, type Logos } from './logos/logos.ts'
import type { Ports } from './ports.ts'

export type CatalogueService = {
  /** The same catalogue, remembering for a while what it answered: for rules that are counted while they are typed. */
  remembered: Catalogue
  /** Asks for the list anew; `forget` is for another catalogue than before. */
  refresh: (options?: { forget?: boolean }) => void
  close: () => Promise<void>
  handlers: Pick<
    Handlers,
    | 'catalogue.get'
    | 'catalogue.refresh'
    | 'catalogue.repository'
    | 'catalogue.tags'
    | 'catalogue.page'
    | 'catalogue.digest'
    | 'catalogue.logo'
  >
}

const rememberMs = 10 * 60_000
/** How long the catalogue is waited for where there is something to show meanwhile. */
const patienceMs = 3_000

export function createCatalogueService(parts: {
  connection: Connection
  projects: () => readonly string[]
  shelf: CatalogueShelf
  reach: LogoReach
  publish: Ports['publish']
  log: Ports['log']
}): CatalogueService {
  const { connection, projects, shelf, publish, log } = parts
  const tags = createCache<CatalogueTag[]>(rememberMs)
  const lists = createCache<CatalogueRepository[]>(rememberMs)
  let list: CatalogueList = { state: 'loading', repositories: [] }
  const logos = createLogos({ ...parts, isOffline: () => list.state === 'failed' })
  let asking: AbortController | undefined
  let running: Promise<void> = Promise.resolve()

  const set = (next: CatalogueList): void => {
    list = next
    publish('catalogue.changed', list)
  }
  const remembered: Catalogue = {
    repositories: (namespaces, signal) =>
      lists.get(JSON.stringify(namespaces), () =>
        connection.use((core) => core.catalogue.repositories(namespaces, signal)),
      ),
    repository: (path, signal) => connection.use((core) => core.catalogue.repository(path, signal)),
    tags: (path, signal) =>
      tags.get(path, () => connection.use((core) => core.catalogue.tags(path, signal))),
  }
  const ask = async (signal: AbortSignal): Promise<void> => {
    const asker = shelf.viewer()
    const asked = remembered.repositories(projects(), signal)
    // It may fail while the shelf is read.
    asked.catch(() => undefined)
    try {
      if (list.repositories.length === 0) {
        const kept = await shelf.list()
        if (kept && !signal.aborted) set({ state: 'loading', ...kept })
      }
      const repositories = (await asked).map((one) => rowOf(one, logos))
      if (signal.aborted) return
      set({ state: 'ready', repositories, fetchedMs: Date.now() })
      shelf.keepList(asker, repositories)
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof AppError)) log('The catalogue could not be listed.', error)
      set({ ...list, state: 'failed', failure: failureOf(error) })
    }
  }
  const refresh: CatalogueService['refresh'] = ({ forget = false } = {}) => {
    asking?.abort()
    asking = new AbortController()
    logos.renew()
    tags.clear()
    lists.clear()
    const { failure: _, ...before } = list
    set(forget ? { state: 'loading', repositories: [] } : { ...before, state: 'loading' })
    running = ask(asking.signal)
  }

  const freshTags = async (path: string): Promise<TagRow[]> => {
    const asker = shelf.viewer()
    const found = (await remembered.tags(path)).toSorted((a, b) => newestFirst(a.tag, b.tag))
    const rows = found.map(tagRow)
    shelf.keepTags(asker, path, rows)
    return rows
  }
  /** As the catalogue says; or as it said, where it is out of reach or does not answer soon. */
  const tagsOf = async (path: string): Promise<TagList> => {
    const asked = freshTags(path)
    // It may fail while the shelf is read, or when nobody waits for it any more.
    asked.catch(() => undefined)
    const kept = await shelf.tags(path)
    if (!kept) return { tags: await asked }
    try {
      const soon = await Promise.race([asked, wait(patienceMs, undefined, { ref: false })])
      if (soon) return { tags: soon }
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'network')) throw error
    }
    return { tags: kept.tags, asOfMs: kept.fetchedMs }
  }

  return {
    remembered,
    refresh,
    async close() {
      asking?.abort()
      await running
      await logos.close()
      await shelf.close()
    },
    handlers: {
      'catalogue.get': () => list,
      'catalogue.refresh': () => refresh(),
      async 'catalogue.repository'({ path }) {
        const found = await remembered.repository(path)
        const { description } = found
        return {
          ...rowOf(found, logos),
          ...(description !== undefined && { description }),
          page: pageAddress(path),
        }
      },
      ...logos.handlers,
      'catalogue.page': ({ path }) => pageAddress(path),
      'catalogue.digest': async ({ reference }) =>
        await connection.use(
          async (core) =>
            (await core.registry.manifest(parseReference(reference))).descriptor.digest,
        ),
      async 'catalogue.tags'({ path }) {
        return await tagsOf(path)
      },
    },
  }
}

function rowOf(repository: CatalogueRepository, logos: Logos): RepositoryRow {
  const { logo, description: _, isPublic, isSigned, isMultiArchitecture, ...known } = repository
  return {
    ...known,
    ...(logo && { logo: logos.idOf(logo) }),
    isSigned: isSigned === true,
    isPrivate: isPublic === false,
    isMultiArchitecture: isMultiArchitecture === true,
  }
}

function tagRow({ tag, updated, sizeBytes, platforms, isSigned }: CatalogueTag): TagRow {
  return {
    tag,
    ...(updated !== undefined && { updated }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    platforms: (platforms ?? []).map(({ os, architecture }) => `${os}/${architecture}`),
    isSigned: isSigned === true,
  }
}

function failureOf(error: unknown): { message: string; hint?: string } {
  const hint = error instanceof AppError ? error.hint : undefined
  const message = error instanceof AppError ? messageOf(error) : 'The catalogue could not be read.'
  return { message, ...(hint !== undefined && { hint }) }
}
