import PQueue from 'p-queue'
import type { Handlers, Input } from '../api/contract.ts'
import { AppError, messageOf } from '../api/errors.ts'
import type { Platform, Selection, SelectionItem } from '../api/shapes.ts'
import { createTurns } from '../net/turns.ts'
import { readImageList, type NamedImage } from '../library/image-list.ts'
import { formatReference, parseReference } from '../registry/reference.ts'
import { selectByRules } from '../selection/candidates.ts'
import { parseMinVersion, type Rules } from '../selection/rules.ts'
import type { CatalogueService } from './catalogue.ts'
import type { Connection } from './connection.ts'
import { readDroppedList } from './dropped-list.ts'
import { selectionBounds } from './kept.ts'
import { addUp, measure, type Measured } from './measure.ts'
import { parsePasted } from './parse-pasted.ts'
import type { Ports } from './ports.ts'
import { createPublisher } from './publisher.ts'
import type { SettingsService } from './settings.ts'

export type SelectionService = {
  /** Adds images of a list, each for its own platform. Returns how many are new. */
  addListed: (images: readonly NamedImage[]) => number
  current: () => Selection
  /** Measures everything anew: another catalogue, or another key. */
  remeasure: () => void
  close: () => Promise<void>
  handlers: Pick<
    Handlers,
    | 'selection.get'
    | 'selection.add'
    | 'selection.openList'
    | 'selection.drop'
    | 'selection.remove'
    | 'selection.clear'
    | 'selection.setPlatform'
    | 'selection.preview'
    | 'selection.parse'
  >
}

/** The tray: kept on disk, measured in the background. */
export function createSelection(parts: {
  keep: Ports['keep']
  publish: Ports['publish']
  log: Ports['log']
  dialogs: Ports['dialogs']
  connection: Connection
  catalogue: CatalogueService
  settings: SettingsService
  hasSession: () => boolean
  /** The host that references of this site begin with. */
  registryName: () => string
}): SelectionService {
  const { connection, catalogue, settings, hasSession, registryName, dialogs, log } = parts
  const keep = parts.keep('selection')
  const measured = new Map<string, Measured | { failure: string }>()
  const asked = new Set<string>()
  let inTray = new Set(keep.get().references)
  const queue = new PQueue({ concurrency: 4 })
  let measuring = new AbortController()

  const platform = (): Platform => keep.get().platform ?? settings.current().platform
  const ownPlatforms = (reference: string): { platforms?: string[] } => {
    const platforms = keep.get().platforms?.[reference]
    return platforms ? { platforms } : {}
  }
  const view = (): Selection => {
    const { references } = keep.get()
    const known = references.map((reference) => measured.get(reference))
    const sizes = known.filter((one): one is Measured => Array.isArray(one))
    const isWhole = sizes.length > 0 && known.every((one) => one !== undefined)
    return {
      items: references.map((reference) => ({
        ...itemOf(reference, measured.get(reference)),
        ...ownPlatforms(reference),
      })),
      platform: platform(),
      ...(isWhole && addUp(sizes)),
    }
  }
  const publisher = createPublisher(
    () => parts.publish('selection.changed', view()),
    // The more there is of it, the longer the window takes to take it in.
    () => 150 + keep.get().references.length / 4,
  )

  const measureOne = async (reference: string, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return
    asked.delete(reference)
    if (!inTray.has(reference)) return
    try {
      const { platforms = [platform()] } = ownPlatforms(reference)
      const found = await connection.use((core) => measure(core, reference, platforms, signal))
      if (!signal.aborted) measured.set(reference, found)
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof AppError)) log(`${reference} could not be measured.`, error)
      measured.set(reference, { failure: messageOf(error) })
    }
    publisher.touch()
  }
  const measureMissing = (): void => {
    // On the far side nothing is asked of any registry; with a session everything is measured anew.
    if (!hasSession()) return
    const { signal } = measuring
    for (const reference of keep.get().references) {
      if (measured.has(reference) || asked.has(reference)) continue
      asked.add(reference)
      queue.add(() => measureOne(reference, signal)).catch(() => undefined)
    }
  }
  const remeasure = (): void => {
    measuring.abort()
    measuring = new AbortController()
    queue.clear()
    asked.clear()
    measured.clear()
    publisher.touch()
    measureMissing()
  }
  const set = (references: readonly string[], platforms = keep.get().platforms): void => {
    inTray = new Set(references)
    const own = Object.entries(platforms ?? {}).filter(([reference]) => inTray.has(reference))
    keep.set({ ...keep.get(), references: [...references], platforms: Object.fromEntries(own) })
    for (const known of measured.keys()) if (!inTray.has(known)) measured.delete(known)
    publisher.touch()
    measureMissing()
  }

  const addListed: SelectionService['addListed'] = (images) => {
    const { references, platforms = {} } = keep.get()
    const own = new Map(Object.entries(platforms))
    const there = new Set(references)
    let added = 0
    for (const image of images) {
      const reference = formatReference(parseReference(image.reference))
      const wanted = own.get(reference) ?? (there.has(reference) ? [platform()] : [])
      if (wanted.includes(image.platform) || wanted.includes('all')) continue
      own.set(reference, [...wanted, image.platform])
      there.add(reference)
      measured.delete(reference)
      added += 1
    }
    set(bounded(there, own), Object.fromEntries(own))
    return added
  }

  return {
    current: view,
    addListed,
    remeasure,
    async close() {
      measuring.abort()
      queue.clear()
      await queue.onIdle()
      publisher.close()
    },
    handlers: {
      'selection.get': view,
      'selection.add'({ references }) {
        const added = references.map((text) =>
          formatReference(parseReference(text, registryName())),
        )
        set(bounded(new Set([...keep.get().references, ...added])))
      },
      async 'selection.openList'() {
        const path = await dialogs.chooseList()
        return path === undefined ? null : { added: addListed(await readImageList(path)) }
      },
      async 'selection.drop'({ paths: [path] }) {
        if (path === undefined) throw new AppError('usage', 'Nothing was dropped that is a file.')
        const found = await readDroppedList(path)
        return 'text' in found ? found : { added: addListed(found.images) }
      },
      'selection.remove'({ references }) {
        const gone = new Set(references)
        set(keep.get().references.filter((reference) => !gone.has(reference)))
      },
      'selection.clear': () => set([]),
      'selection.setPlatform'({ platform: wanted }) {
        if (wanted === platform()) return
        keep.set({ ...keep.get(), platform: wanted })
        remeasure()
      },
      async 'selection.preview'(input) {
        const source = {
          catalogue: catalogue.remembered,
          registryName: registryName(),
          inTurn: createTurns(8).inTurn,
        }
        const { candidates, failures } = await selectByRules(source, rulesOf(input))
        return {
          references: candidates.map(({ reference }) => formatReference(reference)),
          failures: failures.map(({ subject, error }) => `${subject}: ${messageOf(error)}`),
        }
      },
      'selection.parse': ({ text }) => parsePasted(text, registryName()),
    },
  }
}

/** What is kept must be read again at the next start. Throws AppError `usage` for more than that. */
function bounded(
  references: ReadonlySet<string>,
  platforms: ReadonlyMap<string, readonly string[]> = new Map(),
): string[] {
  if (references.size > selectionBounds.references) {
    throw new AppError('usage', 'A selection holds at most 10,000 images.')
  }
  const kept = [...references]
  const long = kept.find(({ length }) => length > selectionBounds.characters)
  if (long !== undefined) {
    throw new AppError('usage', `The reference ${long.slice(0, 100)}… is too long to be selected.`)
  }
  const [of] = [...platforms].find(([, own]) => own.length > selectionBounds.platforms) ?? []
  if (of === undefined) return kept
  throw new AppError(
    'usage',
    `${of} is listed for more than ${selectionBounds.platforms} platforms.`,
  )
}

function itemOf(
  reference: string,
  known: Measured | { failure: string } | undefined,
): SelectionItem {
  if (known === undefined) return { reference, state: 'measuring' }
  if ('failure' in known) return { reference, state: 'failed', failure: known.failure }
  return { reference, state: 'measured' }
}

function rulesOf(input: Input<'selection.preview'>): Rules {
  const { minVersion, pyVersion, latest, projects, images, strictNameMatch, exclude } = input
  return {
    projects,
    images,
    strictNameMatch,
    exclude,
    ...(minVersion !== undefined && { minVersion: parseMinVersion(minVersion) }),
    ...(pyVersion !== undefined && { pyVersion }),
    ...(latest !== undefined && { latest }),
  }
}

/** Rules that let everything through: for images that are named one by one. */
export const noRules: Rules = { projects: [], images: [], strictNameMatch: false, exclude: [] }
