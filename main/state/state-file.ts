import { join } from 'node:path'
import { isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml'
import { AppError } from '../api/errors.ts'
import { isOverdone } from './overdone.ts'
import { writeFileDurably } from '../disk/durable.ts'
import { readSmallFile } from '../disk/small-file.ts'

/**
 * state.yml of a destination: which tags were saved, and their change keys, `repository: {tag: change key}`.
 * Deleting a line makes the tag be pulled again. The seed wrote the same as a tagged Python object; both are read,
 * and no tag is ever obeyed. What is written is the plain mapping, which the seed reads too.
 */
export interface StateFile {
  /** The change key a tag was saved with, or undefined. */
  get(repository: string, tag: string): string | undefined
  /** Adds a saved tag to what the file holds by now, and writes it durably; calls may overlap. Throws as `openState` does. */
  record(repository: string, tag: string, changeKey: string): Promise<void>
}

const NAME = 'state.yml'
/** Some 20,000 tags, more than a drive holds. Parsed, each byte takes up to three hundred. */
const LIMIT_BYTES = 1024 * 1024

/** Reads the state of a destination; a missing file is an empty state. Throws AppError `damaged`, naming the file. */
export async function openState(folder: string): Promise<StateFile> {
  const path = join(folder, NAME)
  let entries = parseState(await readOrEmpty(path), path)
  let writing = Promise.resolve()
  const add = async (repository: string, tag: string, changeKey: string): Promise<void> => {
    // Since it was opened another run may have ended here, or somebody deleted a line.
    entries = parseState(await readOrEmpty(path), path)
    const tags = entries.get(repository) ?? new Map<string, string>()
    entries.set(repository, tags.set(tag, changeKey))
    await writeFileDurably(path, formatState(entries))
  }
  return {
    get: (repository, tag) => entries.get(repository)?.get(tag),
    record(repository, tag, changeKey) {
      const written = writing.then(() => add(repository, tag, changeKey))
      writing = written.catch(() => undefined)
      return written
    },
  }
}

type Entries = Map<string, Map<string, string>>

/** Parses either form. Every scalar stays text, so that an unquoted `18.10` is not 18.1. */
export function parseState(text: string, path: string): Entries {
  const damaged = (why: string): AppError =>
    new AppError('damaged', `The state file ${path} cannot be read: ${why}.`, {
      hint: 'Mend it, or move it away to begin anew; it was left as it is.',
    })
  if (text.length > LIMIT_BYTES) throw damaged('it is larger than 1 MB')
  if (isOverdone(text)) throw damaged('it is nested too deeply, or full of marks')
  const document = parseDocument(text, {
    schema: 'failsafe',
    logLevel: 'silent',
    merge: false,
    uniqueKeys: false, // would compare each with each; the last one holds
  })
  const [error] = document.errors
  if (error) throw damaged(error.message.split('\n', 1)[0] ?? 'it is not YAML')
  const root: unknown = document.contents
  if (root === null || (isScalar(root) && root.value === '')) return new Map()
  if (!isMap(root)) throw damaged('it is not a mapping of repositories')
  const items: unknown = root.get('dictitems') ?? (root.has('args') ? null : root)
  if (items === null) return new Map()
  if (!isMap(items)) throw damaged('its dictitems are not a mapping of repositories')
  return new Map(pairs(items).map(([repository, tags]) => [repository, tagsOf(tags)]))

  function tagsOf(value: unknown): Map<string, string> {
    // What is left when the last line of a repository was deleted.
    if (value === null || (isScalar(value) && value.value === '')) return new Map()
    if (!isMap(value)) throw damaged('a repository in it has no mapping of tags')
    return new Map(pairs(value).map(([tag, key]) => [tag, isScalar(key) ? textOf(key.value) : '']))
  }
}

function formatState(entries: Entries): string {
  // In order whatever was done first: the same images make the same file.
  const sorted = byKey(entries).map(
    ([repository, tags]) => [repository, new Map(byKey(tags))] as const,
  )
  // Change keys are always quoted: a date or a number without quotes would change its type in the seed's reader.
  return stringify(new Map(sorted), {
    defaultKeyType: 'PLAIN',
    defaultStringType: 'QUOTE_SINGLE',
    lineWidth: 0,
  })
}

function byKey<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function pairs(map: YAMLMap): [string, unknown][] {
  return map.items.map(({ key, value }) => [isScalar(key) ? textOf(key.value) : '', value])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readSmallFile(path, LIMIT_BYTES)
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw new AppError('destination', `The state file ${path} cannot be read.`, { cause: error })
  }
}
