import { join } from 'node:path'
import { parseFileName } from '../archive/name.ts'
import { writeFileDurably } from '../disk/durable.ts'
import { readSmallFile } from '../disk/small-file.ts'

export const CHECKSUMS_NAME = 'SHA256SUMS'
const MOST_BYTES = 16 * 1024 * 1024
const LINE = /^([0-9a-f]{64}) [ *](.+)$/

/** The checksum file of a destination, in the form `sha256sum -c` reads. */
export interface Checksums {
  /** Sets the sums of a tarball's files in place of any it had, and writes the file durably; calls may overlap. */
  replace(
    tarball: string,
    files: readonly { readonly name: string; readonly sha256: string }[],
  ): Promise<void>
}

/** Reads nothing before the first call: until then, another program may write there. */
export function openChecksums(folder: string): Checksums {
  let reading: Promise<Map<string, string>> | undefined
  let writing = Promise.resolve()
  return {
    async replace(tarball, files) {
      const sums = await (reading ??= readChecksums(folder))
      for (const name of sums.keys()) if (parseFileName(name).name === tarball) sums.delete(name)
      for (const { name, sha256 } of files) sums.set(name, sha256)
      const lines = [...sums]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, sum]) => `${sum}  ${name}\n`)
      const written = writing.then(() =>
        writeFileDurably(join(folder, CHECKSUMS_NAME), lines.join('')),
      )
      writing = written.catch(() => undefined)
      await written
    },
  }
}

/** File name → SHA-256 in hexadecimal; lines that are neither are passed over. */
export async function readChecksums(folder: string): Promise<Map<string, string>> {
  const lines = await readLines(folder)
  return new Map(
    lines.flatMap((line) => {
      const [, sum, name] = LINE.exec(line) ?? []
      return sum === undefined || name === undefined ? [] : [[name, sum] as const]
    }),
  )
}

/** Lines that hold no checksum, counted from 1: something happened to the file. */
export async function damagedChecksumLines(folder: string): Promise<number[]> {
  return (await readLines(folder)).flatMap((line, index) =>
    line === '' || LINE.test(line) ? [] : [index + 1],
  )
}

async function readLines(folder: string): Promise<string[]> {
  const text = await readSmallFile(join(folder, CHECKSUMS_NAME), MOST_BYTES).catch(() => '')
  return text.split(/\r?\n/)
}
