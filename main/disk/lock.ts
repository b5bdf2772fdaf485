import { randomUUID } from 'node:crypto'
import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../api/errors.ts'
import { makeFolder } from './destination.ts'
import { readSmallFile } from './small-file.ts'

const NAME = '.ngc-replicator.lock'
const BEAT_MS = 20_000
const DEAD_AFTER_MS = 4 * BEAT_MS
const MOST_BYTES = 4096

const ownerSchema = z.object({
  host: z.string(),
  pid: z.number().int().positive(),
  started: z.string(),
  id: z.string(),
})
type Owner = z.infer<typeof ownerSchema>

/** The locks of this process. One that is not among them was left on a drive that was pulled out. */
const ours = new Set<string>()

/** Makes the folder if need be, and locks it. */
export async function occupyFolder(folder: string): Promise<() => Promise<void>> {
  await makeFolder(folder)
  return lockFolder(folder)
}

/**
 * Makes sure that one process at a time writes into a folder: two would overwrite each other's tarballs and records.
 * A process that died holds nothing: on this machine its number tells, on another the time since its last sign of life.
 * Returns the call that gives the folder free. Throws FolderOccupied, which says who is writing there.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, NAME)
  const id = randomUUID()
  for (;;) {
    const file = await open(path, 'wx').catch((error: unknown) => {
      if (hasCode(error, 'EEXIST')) return undefined
      throw unwritable(folder, error)
    })
    if (file) {
      const owner: Owner = {
        host: hostname(),
        pid: process.pid,
        started: await startOf(process.pid),
        id,
      }
      ours.add(id)
      try {
        await file.writeFile(JSON.stringify(owner))
      } catch (error) {
        ours.delete(id)
        await rm(path, { force: true }).catch(() => undefined)
        throw unwritable(folder, error)
      } finally {
        await file.close()
      }
      break
    }
    const owner = await ownerOf(path)
    const state = await stateOf(path, owner)
    if (state === 'alive') throw occupied(folder, path, owner)
    if (state === 'dead') await removeDead(folder, path)
  }
  const beat = setInterval(
    () => void utimes(path, new Date(), new Date()).catch(() => undefined),
    BEAT_MS,
  )
  beat.unref()
  return async () => {
    clearInterval(beat)
    await giveBack(path, id)
  }
}

/**
 * One at a time, or the second of two that find the same dead lock would remove what the first has just put in its place.
 * Throws FolderOccupied while another is at it.
 */
async function removeDead(folder: string, path: string): Promise<void> {
  const turn = `${path}.dead`
  if ((await stateOf(turn, undefined)) === 'dead') await rm(turn, { force: true })
  const file = await open(turn, 'wx').catch((error: unknown) => {
    throw hasCode(error, 'EEXIST') ? occupied(folder, path) : unwritable(folder, error)
  })
  try {
    await file.close()
    if ((await stateOf(path, await ownerOf(path))) === 'dead') await rm(path, { force: true })
  } finally {
    await rm(turn, { force: true })
  }
}

async function giveBack(path: string, id: string): Promise<void> {
  ours.delete(id)
  // While this computer slept, another may have taken it for dead: then the lock is not ours any more.
  if ((await ownerOf(path))?.id === id) await rm(path, { force: true }).catch(() => undefined)
}

function unwritable(folder: string, cause: unknown): AppError {
  return new AppError('destination', `${folder} cannot be written to.`, { cause })
}

/** Another process writes into the folder; it passes when that one ends. */
export class FolderOccupied extends AppError {}

function occupied(folder: string, path: string, owner?: Owner): FolderOccupied {
  const who = owner ? ` (process ${owner.pid} on ${owner.host.slice(0, 100)})` : ''
  return new FolderOccupied('destination', `Another run is writing into ${folder}${who}.`, {
    hint: `Wait for it, or choose another folder. If none is running, delete ${path}.`,
  })
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readSmallFile(path, MOST_BYTES)))
  } catch {
    return undefined
  }
}

/** What is gone meanwhile is not dead: who removed that might remove the lock of the next one. */
async function stateOf(path: string, owner: Owner | undefined): Promise<'alive' | 'dead' | 'gone'> {
  if (owner?.host === hostname()) {
    const isAlive =
      owner.pid === process.pid
        ? ours.has(owner.id)
        : isRunning(owner.pid) && (await startOf(owner.pid)) === owner.started
    return isAlive ? 'alive' : 'dead'
  }
  return await stat(path).then(
    ({ mtimeMs }) => (Date.now() - mtimeMs < DEAD_AFTER_MS ? 'alive' : 'dead'),
    () => 'gone',
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Whether this machine has a process of that number, whoever's it is. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/** When a process began, where the system tells (field 22 of Linux' proc_pid_stat(5)): numbers of processes come again. */
async function startOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
