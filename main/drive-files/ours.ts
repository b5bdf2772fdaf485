import { lstat, open } from 'node:fs/promises'
import { writeFileDurably } from '../disk/durable.ts'
import { MARK } from './names.ts'

/** Writes one of our files, durably, unless somebody else has put one of that name there: then false. */
export async function writeUnlessForeign(
  path: string,
  content: string,
  mode = 0o644,
): Promise<boolean> {
  const present = await startOf(path)
  if (present !== undefined && !present.includes(MARK)) return false
  await writeFileDurably(path, content, mode)
  return true
}

/** The first bytes of a file, enough for the mark of any of ours; undefined when there is none. No pipe is waited for. */
async function startOf(path: string): Promise<string | undefined> {
  const present = await lstat(path).catch(() => undefined)
  if (present === undefined) return undefined
  if (!present.isFile()) return ''
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
