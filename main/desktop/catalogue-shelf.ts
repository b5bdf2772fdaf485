import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../api/errors.ts'
import type { RepositoryRow, TagRow } from '../api/shapes.ts'
import { writeFileDurably } from '../disk/durable.ts'
import { LogoFiles } from './logos/logo-files.ts'

/** What the catalogue said last, kept on disk for a start without a network. Only the same viewer of the same site gets it. */
export type CatalogueShelf = {
  list: () => Promise<{ repositories: RepositoryRow[]; fetchedMs: number } | undefined>
  /** `asker` is who looked when the catalogue was asked: an answer that comes after a change of session is not kept. */
  keepList: (asker: Viewer, repositories: readonly RepositoryRow[]) => void
  tags: (path: string) => Promise<{ tags: TagRow[]; fetchedMs: number } | undefined>
  keepTags: (asker: Viewer, path: string, tags: readonly TagRow[]) => void
  /** A logo by its id; see `Logos`. */
  logo: (id: string) => Promise<Uint8Array | undefined>
  keepLogo: (asker: Viewer, id: string, bytes: Uint8Array) => void
  viewer: () => Viewer
  /** Forgets everything: nothing of a session that was ended stays. */
  clear: () => void
  /** Resolves when everything is written. */
  close: () => Promise<void>
}

/** Who looks at what: session, site and projects; undefined without a session. */
type Viewer = string | undefined

/** The list in one file, the tags of the repositories looked at last in another; both bounded, versioned, and parsed when read. */
export function openCatalogueShelf(parts: {
  folder: string
  viewer: () => Viewer
  log: (line: string, error?: unknown) => void
}): CatalogueShelf {
  const { folder, viewer, log } = parts
  const logos = new LogoFiles(join(folder, 'logos'))
  let working: Promise<void> = Promise.resolve()
  const path = (name: FileName): string => join(folder, `${name}.json`)

  /** One after the other; a shelf that cannot be written is a pity, and no failure. */
  const work = (action: () => Promise<void>): void => {
    working = working
      .then(action)
      .catch((error: unknown) => log('The catalogue cannot be kept for later.', error))
  }
  const write = async (name: FileName, asker: Viewer, value: object): Promise<void> => {
    const text = JSON.stringify({ version: 1, viewer: asker, ...value })
    if (asker === undefined || asker !== viewer() || text.length > MOST_BYTES) return
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFileDurably(path(name), text)
  }
  const read = async <Name extends FileName>(
    name: Name,
  ): Promise<z.output<(typeof files)[Name]> | undefined> => {
    await working
    try {
      if ((await stat(path(name))).size > 4 * MOST_BYTES) throw new Error('It is too large.')
      const value = files[name].parse(JSON.parse(await readFile(path(name), 'utf8')))
      // One name's schema gives that name's value; TypeScript cannot follow a name through both.
      return value.viewer === viewer() ? (value as z.output<(typeof files)[Name]>) : undefined
    } catch (error) {
      const isNew = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!isNew) log(`The kept ${name} of the catalogue are not readable: ${messageOf(error)}`)
      return undefined
    }
  }

  return {
    list: async () => await read('repositories'),
    viewer,
    keepList(asker, repositories) {
      const fetchedMs = Date.now()
      const most = repositories.slice(0, MOST_REPOSITORIES)
      work(async () => await write('repositories', asker, { fetchedMs, repositories: most }))
    },
    async tags(repository) {
      const kept = await read('tags')
      return kept?.lists.find((one) => one.path === repository)
    },
    keepTags(asker, repository, tags) {
      const newest = { path: repository, fetchedMs: Date.now(), tags: tags.slice(0, MOST_TAGS) }
      const earlier = read('tags')
      work(async () => {
        const others = ((await earlier)?.lists ?? []).filter((one) => one.path !== repository)
        await write('tags', asker, { lists: [newest, ...others].slice(0, MOST_TAG_LISTS) })
      })
    },
    async logo(id) {
      await working
      return await logos.read(id).catch(() => undefined)
    },
    keepLogo(asker, id, bytes) {
      work(async () => {
        if (asker !== undefined && asker === viewer()) await logos.write(id, bytes)
      })
    },
    clear() {
      work(async () => {
        await logos.clear()
        await rm(folder, { recursive: true, force: true })
      })
    },
    close: async () => await working,
  }
}

type FileName = keyof typeof files

const MOST_BYTES = 8_000_000
const MOST_REPOSITORIES = 20_000
const MOST_TAGS = 2_000
const MOST_TAG_LISTS = 50

const text = z.string().max(2_000)
const moment = z.number().positive()

const repository = z.object({
  path: text,
  displayName: text.exactOptional(),
  shortDescription: text.exactOptional(),
  publisher: text.exactOptional(),
  logo: text.exactOptional(),
  latestTag: text.exactOptional(),
  latestSizeBytes: z.number().nonnegative().exactOptional(),
  updated: text.exactOptional(),
  isSigned: z.boolean(),
  isPrivate: z.boolean(),
  isMultiArchitecture: z.boolean(),
})

const tag = z.object({
  tag: text,
  updated: text.exactOptional(),
  sizeBytes: z.number().nonnegative().exactOptional(),
  platforms: z.array(text).max(100),
  isSigned: z.boolean(),
})

const files = {
  repositories: z.object({
    version: z.literal(1),
    viewer: z.string(),
    fetchedMs: moment,
    repositories: z.array(repository).max(MOST_REPOSITORIES),
  }),
  tags: z.object({
    version: z.literal(1),
    viewer: z.string(),
    lists: z
      .array(z.object({ path: text, fetchedMs: moment, tags: z.array(tag).max(MOST_TAGS) }))
      .max(MOST_TAG_LISTS),
  }),
}
