import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { writeFileDurably } from '../../disk/durable.ts'

/**
 * Adds a line to a text file, durably, and drops the older half of the lines once there are too many bytes. `isOurs` judges
 * what stands there already: a file that is not ours, a link, a pipe or a device is left alone. Returns whether it was added;
 * throws the system's errors.
 */
export async function appendLine(
  path: string,
  line: string,
  isOurs: (text: string) => boolean,
): Promise<boolean> {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  // The last two are absent, so 0, on Windows.
  const file = await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o644)
  try {
    const present = await contentOf(file)
    if (present === undefined || !isOurs(present)) return false
    // What a drive that was pulled out tore off must not take this line with it.
    const added = `${present === '' || present.endsWith('\n') ? '' : '\n'}${line}\n`
    if (present.length + added.length > MOST_BYTES) {
      const lines = `${present}${added}`.trimEnd().split('\n')
      await writeFileDurably(path, `${lines.slice(lines.length / 2).join('\n')}\n`)
      return true
    }
    await file.appendFile(added)
    await file.sync()
    return true
  } finally {
    await file.close()
  }
}

/** Thousands of lines; more are of no use to anybody. */
export const MOST_BYTES = 1_000_000

async function contentOf(file: FileHandle): Promise<string | undefined> {
  const stats = await file.stat()
  return stats.isFile() && stats.size <= 2 * MOST_BYTES ? await file.readFile('utf8') : undefined
}
