import { basename } from 'node:path'
import { AppError } from '../api/errors.ts'

/** What a drive answered, in the user's words; anything that is no answer of a drive stays as it is. */
export function destinationError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error
  const file = basename(path)
  switch (errorCode(error) ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return driveIsFull(error, path)
    case 'EFBIG':
      return new AppError('destination', `The drive takes no larger files: ${file} does not fit.`, {
        hint: 'Set a limit for the size of files, so that large images are written in parts.',
        cause: error,
      })
    case 'EROFS':
      return failure(`The drive is read-only: ${file} cannot be written.`, error)
    case 'EACCES':
    case 'EPERM':
      return failure(`${file} may not be written there.`, error)
    case 'ENOENT':
    case 'ENOTDIR':
      return failure(`The folder for ${file} is gone.`, error)
    case 'ENODEV':
    case 'ENXIO':
    case 'EIO':
    case 'ENOTCONN':
    case 'ECONNABORTED': // the program behind a FUSE drive ended
    case 'ESTALE':
      return failure(
        `The drive is gone or failing: ${file} could not be written.`,
        error,
        'Plug it in again and retry: it goes on from what the drive holds.',
      )
    case 'ENAMETOOLONG':
      return failure(`The path of ${file} is too long for the drive.`, error)
    default:
      return error
  }
}

export function driveIsFull(cause: unknown, path: string): AppError {
  return new AppError('no-space', `The drive is full: ${basename(path)} does not fit.`, {
    hint: 'Free some space there, or choose another folder.',
    cause,
  })
}

/** The system's name of an error, `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}

function failure(message: string, cause: unknown, hint = 'Choose another folder.'): AppError {
  return new AppError('destination', message, { hint, cause })
}
