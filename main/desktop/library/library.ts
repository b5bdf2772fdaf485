import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Handlers } from '../../api/contract.ts'
import { AppError } from '../../api/errors.ts'
import type { LibraryImage, LibraryRow, LibraryView } from '../../api/shapes.ts'
import { destinationError } from '../../archive/destination-error.ts'
import { isSameDrive } from '../../disk/drive-identity.ts'
import type { FoundDrive } from '../../disk/drive-list.ts'
import { inventory } from '../../library/inventory.ts'
import { totalsOf } from '../../library/totals.ts'
import type { History } from '../../library/history/history.ts'
import { rememberVerified } from '../../library/history/remember-verified.ts'
import type { TarballFiles } from '../../library/tarball-files.ts'
import { verifyFiles, type VerifiedFile } from '../../library/verify-files.ts'
import type { PlacesService } from '../places.ts'
import type { Ports } from '../ports.ts'
import { createPublisher } from '../publisher.ts'
import { imageDetails } from './details.ts'
import { createJudge } from './judge.ts'
import { exportLibrary } from './export.ts'
import { rowsOf } from './rows.ts'

export type LibraryService = {
  /** The rows of a folder, all or by their ids. Throws AppError `not-found` for one that is not there any more. */
  rows: (folder: string, ids?: readonly string[]) => Promise<LibraryRow[]>
  /** Reads the folder again, and says it. */
  lookAgain: (folder: string) => Promise<void>
  close: () => Promise<void>
  handlers: Pick<
    Handlers,
    | 'library.open'
    | 'library.image'
    | 'library.fitness'
    | 'library.verify'
    | 'library.stopVerifying'
    | 'library.export'
  >
}

type Shown = Omit<LibraryView, 'place'>
type Verifying = {
  controller: AbortController
  progress: Map<string, Progress>
  ended: Promise<void>
}
type Progress = { id: string; doneBytes: number; totalBytes: number }

/** What folders hold. Touches the folder and nothing else: no network, no session. */
export function createLibrary(parts: {
  places: PlacesService
  history: History
  publish: Ports['publish']
  dialogs: Ports['dialogs']
  log: Ports['log']
}): LibraryService {
  const { places, history, publish, dialogs, log } = parts
  const judge = createJudge()
  const shown = new Map<string, Shown>()
  /** Where what is shown was read. */
  const drives = new Map<string, FoundDrive | undefined>()
  const verifying = new Map<string, Verifying>()
  const found = new Map<string, LibraryImage['problems']>()

  const viewOf = (folder: string): LibraryView => {
    const known = shown.get(folder) ?? { rows: [], totalBytes: 0, sharedBytes: 0, problems: [] }
    const running = verifying.get(folder)
    return {
      place: places.placeOf(folder),
      ...known,
      ...(running && { verifying: [...running.progress.values()] }),
    }
  }
  const look = async (folder: string): Promise<LibraryView> => {
    drives.set(folder, places.driveOf(folder))
    const read = await inventory(folder)
    shown.set(folder, {
      rows: await rowsOf(read, history),
      ...totalsOf(read.images),
      problems: read.problems.map(({ file, detail }) => ({ file, detail })),
    })
    return viewOf(folder)
  }
  const rowIn = async (folder: string, id: string): Promise<LibraryRow> => {
    if (!shown.has(folder)) await look(folder)
    const row = shown.get(folder)?.rows.find((one) => one.id === id)
    if (row) return row
    throw new AppError('not-found', 'This image is not in the folder any more.', {
      hint: 'Open the folder again.',
    })
  }

  const verify = async (
    folder: string,
    rows: readonly LibraryRow[],
    { controller, progress }: Omit<Verifying, 'ended'>,
  ): Promise<void> => {
    const { signal } = controller
    const publisher = createPublisher(() => publish('library.changed', viewOf(folder)))
    // Several images may lie in one tarball: it is read once.
    const tarballs = new Map(rows.map((row) => [row.file, row]))
    try {
      for (const row of tarballs.values()) {
        const files = row.files ?? [row.file]
        const onProgress = (doneBytes: number, totalBytes: number): void => {
          progress.set(row.id, { id: row.id, doneBytes, totalBytes })
          publisher.touch()
        }
        onProgress(0, row.sizeBytes)
        const target = { paths: [join(folder, files[0] ?? row.file)] }
        const listener = {
          progress: onProgress,
          verified: async (file: VerifiedFile, tarball: TarballFiles) =>
            await rememberVerified(history, file, tarball),
        }
        const result = await verifyFiles(target, listener, signal)
        signal.throwIfAborted()
        const problems = result.files.flatMap((file) => file.problems)
        found.set(join(folder, row.file), problems.map(problemOf))
        progress.delete(row.id)
        await look(folder)
        publisher.touch()
      }
    } catch (error) {
      if (!signal.aborted) log(`Verifying ${folder} ended early.`, error)
    } finally {
      publisher.close()
      verifying.delete(folder)
      publish('library.changed', viewOf(folder))
    }
  }
  const stop = async (folder: string): Promise<void> => {
    const running = verifying.get(folder)
    running?.controller.abort(new AppError('cancelled', 'Stopped by the user.'))
    await running?.ended
  }

  /** Another drive at the same place holds other images, or others under the same names. */
  const lookAtAnother = async (folder: string): Promise<void> => {
    const [before, now] = [drives.get(folder), places.driveOf(folder)]
    if (!before || !now || isSameDrive(before, now)) return
    drives.set(folder, now)
    await stop(folder)
    for (const path of found.keys()) if (dirname(path) === folder) found.delete(path)
    publish('library.changed', await look(folder))
  }
  places.onLooked(() => {
    for (const folder of drives.keys()) {
      lookAtAnother(folder).catch((error: unknown) => log(`${folder} cannot be read.`, error))
    }
  })

  const rows: LibraryService['rows'] = async (folder, ids) => {
    if (!shown.has(folder)) await look(folder)
    const all = shown.get(folder)?.rows ?? []
    return ids === undefined ? all : await Promise.all(ids.map((id) => rowIn(folder, id)))
  }

  return {
    rows,
    async lookAgain(folder) {
      publish('library.changed', await look(folder))
    },
    async close() {
      await Promise.all([...verifying.keys()].map(stop))
    },
    handlers: {
      async 'library.open'({ grant }) {
        const folder = places.pathOf(grant)
        const view = await look(folder)
        places.remember(folder)
        return view
      },
      async 'library.image'({ grant, id }) {
        const folder = places.pathOf(grant)
        const row = await rowIn(folder, id)
        return await imageDetails(folder, row, found.get(join(folder, row.file)) ?? [])
      },
      async 'library.fitness'({ grant, id, nvidiaSmi }) {
        const folder = places.pathOf(grant)
        const image = await imageDetails(folder, await rowIn(folder, id), [])
        return await judge(image, nvidiaSmi)
      },
      async 'library.verify'({ grant, ids }) {
        const folder = places.pathOf(grant)
        const chosen = await rows(folder, ids)
        await stop(folder)
        const controller = new AbortController()
        const progress = new Map<string, Progress>()
        const ended = verify(folder, chosen, { controller, progress })
        verifying.set(folder, { controller, progress, ended })
      },
      'library.stopVerifying': ({ grant }) => stop(places.pathOf(grant)),
      async 'library.export'({ grant, format }) {
        const folder = places.pathOf(grant)
        if (!shown.has(folder)) await look(folder)
        const path = await dialogs.chooseSavePath(`inventory.${format}`)
        if (path === undefined) return false
        const { place: _, ...view } = viewOf(folder)
        await writeFile(path, exportLibrary({ folder, ...view }, format)).catch(
          (error: unknown) => {
            throw destinationError(error, path)
          },
        )
        return true
      },
    },
  }
}

function problemOf(
  problem: Awaited<ReturnType<typeof verifyFiles>>['files'][number]['problems'][number],
): LibraryImage['problems'][number] {
  const { kind, detail, offset, length } = problem
  return {
    kind,
    detail,
    ...(offset !== undefined && { offset }),
    ...(length !== undefined && { length }),
  }
}
