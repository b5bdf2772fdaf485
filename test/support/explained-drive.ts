import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { tarballName } from '../../main/archive/name.ts'
import { createDriveFiles } from '../../main/drive-files/drive-files.ts'
import { inventory } from '../../main/library/inventory.ts'
import type { Platform } from '../../main/registry/manifest.ts'
import { parseReference } from '../../main/registry/reference.ts'
import { helloProgram } from '../../main/sandbox/hello.ts'
import { makeImage, makeLayer, type MadeImage } from '../../main/sandbox/image.ts'
import { openChecksums } from '../../main/state/checksums.ts'
import { amd64, temporaryFolder, writeImage } from './made-tarball.ts'

export interface DriveImage {
  readonly reference: string
  readonly platform?: Platform
  /** In parts of this size. */
  readonly maxFileSizeBytes?: number
}

/** A folder with blanks and signs in its path, holding images that run, with sums and all that explains them. */
export async function explainedDrive(images: readonly DriveImage[]): Promise<string> {
  const folder = join(await temporaryFolder(), `a drive's "own" $HOME; files`)
  await mkdir(folder)
  const checksums = openChecksums(folder)
  for (const { reference, platform = amd64, ...options } of images) {
    const name = tarballName(parseReference(reference), platform)
    const image = runnable(reference, platform)
    const { files } = await writeImage(folder, image, { reference, name, ...options })
    await checksums.replace(name, files)
  }
  await createDriveFiles(folder, await inventory(folder)).update()
  return folder
}

function runnable(seed: string, platform: Platform): MadeImage {
  const architecture = platform.architecture === 'arm64' ? 'arm64' : 'amd64'
  const bytes = helloProgram(architecture, `${seed} was carried across`)
  const program = makeLayer({ seed, files: { 'bin/hello': { bytes, mode: 0o755 } } })
  const rest = makeLayer({ seed: `${seed} rest`, sizeBytes: 100_000 })
  return makeImage({ platform, layers: [program, rest], entrypoint: ['/bin/hello'] })
}
