import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A file in the folder that may become a file system of that size, and where to mount it: a path with a space in it. */
export async function blankDrive(
  folder: string,
  sizeBytes: number,
): Promise<{ image: string; mountPoint: string }> {
  const image = join(folder, 'drive.img')
  const mountPoint = join(folder, 'a drive')
  await writeFile(image, '')
  await truncate(image, sizeBytes)
  await mkdir(mountPoint)
  return { image, mountPoint }
}
