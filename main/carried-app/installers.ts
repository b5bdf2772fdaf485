import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../api/errors.ts'
import { readChecksums } from '../state/checksums.ts'
import { isPlainName, type CarriedFile } from './carried-file.ts'

/** The files of a release, as its SHA256SUMS lists them. Throws AppError `usage` where it is none, or lacks one of them. */
export async function readInstallers(folder: string): Promise<CarriedFile[]> {
  const sums = await readChecksums(folder)
  if (sums.size === 0) {
    throw new AppError('usage', `${folder} holds no SHA256SUMS, so it is no release.`, {
      hint: 'Put the files of a release there, with the SHA256SUMS that was published with them.',
    })
  }
  return await Promise.all(
    Array.from(sums, async ([name, sum]): Promise<CarriedFile> => {
      const path = join(folder, name)
      const found = isPlainName(name) ? await lstat(path).catch(() => undefined) : undefined
      if (found?.isFile() !== true) {
        throw new AppError('usage', `${folder} lacks ${name}, which its SHA256SUMS lists.`, {
          hint: 'Fetch it as well, or delete its line.',
        })
      }
      return {
        name,
        sizeBytes: found.size,
        sha256: () => Promise.resolve(sum),
        bytes: () => createReadStream(path) as AsyncIterable<Uint8Array>,
      }
    }),
  )
}
