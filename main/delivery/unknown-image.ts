import { AppError, messageOf } from '../api/errors.ts'

/** For an image that was named and is nowhere; `unreadable` are the tarballs that may hold it. */
export function unknownImage(name: string, unreadable: readonly unknown[]): AppError {
  const reasons = unreadable.map(messageOf).join(' ')
  return new AppError('usage', `No image here is called ${name}. ${reasons}`.trim(), {
    hint: '“ngc-replicator inventory FOLDER” lists what is there.',
  })
}
