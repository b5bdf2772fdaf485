import { onTestFinished } from 'vitest'
import { temporaryFolder } from './made-tarball.ts'
import { mountFat } from './mounted-fat.ts'

/** A mounted FAT file system of that size, taken down when the test ends. */
export async function fatDrive(sizeBytes: number, bits?: 12 | 16 | 32): Promise<string> {
  const { mountPoint, unmount } = await mountFat(await temporaryFolder(), sizeBytes, bits)
  onTestFinished(unmount)
  return mountPoint
}
