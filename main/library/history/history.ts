import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import packageJson from '../../../package.json' with { type: 'json' }
import { messageOf } from '../../api/errors.ts'
import { readSmallFile } from '../../disk/small-file.ts'
import { appendLine, MOST_BYTES } from './append-line.ts'
import { historyEntry, parseHistory, type HistoryEntry } from './entry.ts'
import { stampOf } from './stamp.ts'

/**
 * What was done with the tarballs of folders: kept in the folder where it is writable, else on this machine. That one was
 * read back stands here as well, since a drive may say of itself what it likes.
 */
export interface History {
  /** Adds what was just done. Never fails: history is worth a line in the log, and no image. */
  record(folder: string, done: Done): Promise<void>
  /** Resolves when all that was recorded is written. */
  settled(): Promise<void>
  /** Of one folder, oldest first, from both places. Nothing where it cannot be read. */
  read(folder: string): Promise<readonly ReadEntry[]>
}

export type ReadEntry = HistoryEntry & {
  /** Noted on this machine. */
  readonly isOwn: boolean
}

export interface Done extends Pick<
  HistoryEntry,
  'what' | 'ok' | 'file' | 'reference' | 'digest' | 'detail' | 'readFrom'
> {
  /** Names of the tarball's files within the folder: its one, or its parts. */
  readonly files: readonly string[]
}

/** Within a folder of tarballs, and in the folder of this machine. */
export const HISTORY_NAME = 'history.jsonl'

export function createHistory(
  machineFolder: string,
  log: (line: string) => void = () => undefined,
): History {
  const onMachine = join(machineFolder, HISTORY_NAME)
  let writing = Promise.resolve()

  const write = async (folder: string, { files, ...done }: Done): Promise<void> => {
    const entry: HistoryEntry = {
      at: new Date().toISOString(),
      stamp: (await stampOf(folder, files)) ?? '',
      version: packageJson.version,
      ...done,
      ...(done.detail !== undefined && { detail: done.detail.slice(0, 500) }),
    }
    const path = join(folder, HISTORY_NAME)
    const isAdded = await appendLine(path, JSON.stringify(entry), isOurs).catch(() => false)
    if (isAdded && done.what !== 'verified') return
    await mkdir(machineFolder, { recursive: true, mode: 0o700 })
    const line = JSON.stringify({ ...entry, folder: await realpath(folder) })
    if (!(await appendLine(onMachine, line, () => true))) throw new Error(`${onMachine} is no file`)
  }

  return {
    record(folder, done) {
      const noted = async (): Promise<void> => await write(folder, done)
      writing = writing
        .then(noted)
        .catch((error: unknown) =>
          log(`What was done with ${done.file} could not be noted: ${messageOf(error)}`),
        )
      return writing
    },
    settled: () => writing,
    async read(folder) {
      const real = await realpath(folder).catch(() => folder)
      const [there, here] = await Promise.all([
        textOf(join(folder, HISTORY_NAME)),
        textOf(onMachine),
      ])
      const own = parseHistory(here, machineEntry).flatMap(({ folder: of, ...entry }) =>
        of === real ? [{ ...entry, isOwn: true }] : [],
      )
      const known = new Set(own.map(keyOf))
      const others = parseHistory(there, historyEntry).filter((entry) => !known.has(keyOf(entry)))
      return [...others.map((entry) => ({ ...entry, isOwn: false })), ...own].toSorted((a, b) =>
        a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
      )
    },
  }
}

function isOurs(text: string): boolean {
  return text.trim() === '' || parseHistory(text, historyEntry).length > 0
}

/** What was noted in both places is one entry. */
function keyOf({ at, what, file, reference = '' }: HistoryEntry): string {
  return `${at} ${what} ${file} ${reference}`
}

/** On the machine, several folders share a file. */
const machineEntry = historyEntry.extend({ folder: z.string().max(4_096) })

async function textOf(path: string): Promise<string> {
  return await readSmallFile(path, 2 * MOST_BYTES).catch(() => '')
}
