import { constants } from 'node:fs'
import { open, readFile, realpath, type FileHandle } from 'node:fs/promises'
import { isNetworkFileSystem, parseMountInfo } from './file-system.ts'

/** Where bytes came from: surely the medium, or possibly the memory in which the system keeps what was just written. */
export type ReadFrom = 'medium' | 'cache'

/** Reads files one after another past the system's page cache. */
export interface PastCacheReader {
  /** Fills the buffer from that position of that file; fewer bytes only at its end. Fast in rising order only. */
  read(path: string, buffer: Uint8Array, position: number): Promise<number>
  /** After the last read has ended. */
  close(): Promise<void>
}

/**
 * Opens files for reading past the page cache, with `O_DIRECT` of Linux (open(2)), which makes the drive prove what it
 * stores. Undefined where that cannot be had or would prove nothing: on other systems, and where another program (FUSE), another
 * machine or memory stands behind the files.
 */
export async function openPastCache(
  paths: readonly string[],
): Promise<PastCacheReader | undefined> {
  const [first] = paths
  if (first === undefined || constants.O_DIRECT === undefined) return undefined
  if (!(await isOnMedium(first))) return undefined
  const files = new Map<string, FileHandle>()
  const close = async (): Promise<void> => {
    await Promise.all([...files.values()].map((file) => file.close()))
  }
  try {
    for (const path of paths) files.set(path, await open(path, DIRECT))
    const windows = await alignedWindows(await largestOf([...files.values()]))
    if (windows !== undefined) return { read: createRead(files, windows), close }
  } catch {
    // What is wrong with a file is told by whoever reads it in the ordinary way.
  }
  await close()
  return undefined
}

const DIRECT = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_DIRECT

/** Of one read: large enough for a drive's full speed without the system's own read-ahead. */
const WINDOW_BYTES = 2 * 1024 * 1024
/** No drive asks for more. */
const ALIGNMENT_BYTES = 4096
/** What the allocator's addresses are multiples of. */
const ADDRESS_STEP_BYTES = 16

async function isOnMedium(path: string): Promise<boolean> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  const real = await realpath(path).catch(() => path)
  const fileSystem = parseMountInfo(table, real)?.fileSystem
  if (fileSystem === undefined || isNetworkFileSystem(fileSystem)) return false
  return !/^(?:fuse|tmpfs$|ramfs$|virtiofs$|zfs$)/.test(fileSystem)
}

/** A drive is not so strict at the end of a file, so the smallest would tell little. */
async function largestOf(files: readonly FileHandle[]): Promise<FileHandle | undefined> {
  const sized = await Promise.all(
    files.map(async (file) => ({ file, sizeBytes: (await file.stat()).size })),
  )
  const [largest] = sized.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
  return largest && largest.sizeBytes >= ALIGNMENT_BYTES ? largest.file : undefined
}

/** Two buffers at addresses that the drive takes: one is read from while the other is filled. Undefined when none are. */
async function alignedWindows(
  file: FileHandle | undefined,
): Promise<[Uint8Array, Uint8Array] | undefined> {
  if (file === undefined) return undefined
  const found: Uint8Array[] = []
  while (found.length < 2) {
    const room = Buffer.allocUnsafeSlow(WINDOW_BYTES + ALIGNMENT_BYTES)
    const start = await alignedStart(file, room)
    if (start === undefined) return undefined
    found.push(room.subarray(start, start + WINDOW_BYTES))
  }
  const [one, other] = found
  return one && other && [one, other]
}

/** Nothing tells the address of a buffer, but a drive refuses a wrong one. */
async function alignedStart(file: FileHandle, room: Uint8Array): Promise<number | undefined> {
  for (let start = 0; start < ALIGNMENT_BYTES; start += ADDRESS_STEP_BYTES) {
    try {
      await file.read(room, start, ALIGNMENT_BYTES, 0)
      return start
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error
    }
  }
  return undefined
}

interface Window {
  readonly path: string
  readonly start: number
  readonly bytes: Uint8Array
}

function createRead(
  files: ReadonlyMap<string, FileHandle>,
  [one, other]: [Uint8Array, Uint8Array],
): PastCacheReader['read'] {
  let [inUse, idle] = [one, other]
  let current: Window = { path: '', start: 0, bytes: inUse.subarray(0, 0) }
  let ahead: Promise<Window | undefined> = Promise.resolve(undefined)

  const fill = async (path: string, start: number): Promise<Window> => {
    const { bytesRead = 0 } = (await files.get(path)?.read(idle, 0, WINDOW_BYTES, start)) ?? {}
    return { path, start, bytes: idle.subarray(0, bytesRead) }
  }
  const advance = async (path: string, start: number): Promise<void> => {
    const ready = await ahead
    const isNext = ready?.path === path && ready.start === start
    current = isNext ? ready : await fill(path, start)
    ;[inUse, idle] = [idle, inUse]
    // A failure is met when these bytes are asked for; so they are asked for again.
    ahead = fill(path, start + WINDOW_BYTES).catch(() => undefined)
  }

  return async (path, buffer, position) => {
    let filled = 0
    while (filled < buffer.length) {
      const at = position + filled
      const start = at - (at % WINDOW_BYTES)
      if (current.path !== path || current.start !== start) await advance(path, start)
      const piece = current.bytes.subarray(at - start, at - start + buffer.length - filled)
      if (piece.length === 0) break
      buffer.set(piece, filled)
      filled += piece.length
    }
    return filled
  }
}
