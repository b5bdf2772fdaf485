/** A file that is put into the folder `app` of a drive: the application itself, or an installer of a release. */
export interface CarriedFile {
  /** Within that folder; legal on every file system. */
  readonly name: string
  readonly sizeBytes: number
  /** In hexadecimal; what it takes to learn it is done once. */
  sha256(): Promise<string>
  bytes(): AsyncIterable<Uint8Array>
}

/** Of a drive, beside the tarballs. */
export const APP_FOLDER = 'app'

/** Of the file, from the drive's folder, as SHA256SUMS names it. */
export function pathOf({ name }: Pick<CarriedFile, 'name'>): string {
  return `${APP_FOLDER}/${name}`
}

/** Whether a name in SHA256SUMS is such a path. It leads nowhere else, and is legal on FAT, exFAT and NTFS. */
export function isCarried(path: string): boolean {
  return path.startsWith(`${APP_FOLDER}/`) && isPlainName(path.slice(APP_FOLDER.length + 1))
}

export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][\w.+ -]*$/.test(name)
}
