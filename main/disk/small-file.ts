import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { AppError } from '../api/errors.ts'

/**
 * The text of a file that someone else may have put on a drive. A link, a pipe that waits for ever or a device is no such
 * file, and one beyond `mostBytes` is not read. Throws AppError `damaged` for these, the system's error for the others.
 */
export async function readSmallFile(path: string, mostBytes: number): Promise<string> {
  // The last two are absent, so 0, on Windows, which has no such files in a folder.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ELOOP', 'ENXIO'].includes(String(error.code))
    )
      throw new AppError('damaged', `${path} is a link or no file.`, { cause: error })
    throw error
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new AppError('damaged', `${path} is not a file.`)
    const tooLarge = `${path} is larger than ${mostBytes} bytes.`
    if (stats.size > mostBytes) throw new AppError('damaged', tooLarge)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
