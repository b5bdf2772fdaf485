import type { FitnessView, LibraryImage } from '../../api/shapes.ts'
import { AppError } from '../../api/errors.ts'
import { fitnessOf, parseDriver, type Driver } from '../../library/driver.ts'
import { readOwnDriver } from '../../library/own-driver.ts'

/**
 * Judges images by the driver of this machine, asked once, or by what nvidia-smi printed on another. Throws AppError `usage`
 * for a text in which no driver is named.
 */
export function createJudge(): (
  image: Pick<LibraryImage, 'cuda'>,
  nvidiaSmi?: string,
) => Promise<FitnessView> {
  let own: Promise<Driver | undefined> | undefined
  return async ({ cuda }, nvidiaSmi) => {
    const isPasted = nvidiaSmi !== undefined && nvidiaSmi.trim() !== ''
    const driver = isPasted ? parseDriver(nvidiaSmi) : await (own ??= readOwnDriver())
    if (driver === undefined) {
      if (!isPasted) return { state: 'no-driver' }
      throw new AppError('usage', 'This text names no NVIDIA driver.', {
        hint: 'Paste the first lines that nvidia-smi prints there, with “Driver Version” in them.',
      })
    }
    const { verdict, why } = fitnessOf(
      { requires: cuda?.requires, cudaVersion: cuda?.version },
      driver,
    )
    return {
      state: 'judged',
      driver: driver.version,
      origin: isPasted ? 'pasted' : 'here',
      verdict,
      why,
    }
  }
}
