import { inspectDestination, type Destination, type InspectOptions } from '../disk/destination.ts'
import { createDriveFiles, type DriveFiles } from '../drive-files/drive-files.ts'
import { readLibrary, type Library, type LibraryImage } from '../library/inventory.ts'
import { openChecksums, type Checksums } from '../state/checksums.ts'
import { openState, type StateFile } from '../state/state-file.ts'
import { HeldBlobs } from './held-blobs.ts'

/** A destination with what it holds, read once; what is saved into it is known here from then on. */
export interface OpenDestination {
  readonly destination: Destination
  readonly state: StateFile
  readonly checksums: Checksums
  readonly held: HeldBlobs
  readonly library: readonly LibraryImage[]
  readonly driveFiles: DriveFiles
}

export interface OpenOptions extends InspectOptions {
  readonly signal?: AbortSignal | undefined
}

/** Throws AppError `destination` for a folder that cannot be written to, unless it may be read-only. */
export async function openDestination(
  folder: string,
  { signal, ...how }: OpenOptions = {},
): Promise<OpenDestination> {
  const destination = await inspectDestination(folder, how)
  const { exists } = destination
  const [state, library] = await Promise.all([
    openState(destination.folder),
    exists ? readLibrary(destination.folder, signal) : emptyLibrary(folder),
  ])
  return {
    destination,
    state,
    checksums: openChecksums(destination.folder),
    library: library.images,
    held: new HeldBlobs(destination.folder, library.places),
    driveFiles: createDriveFiles(destination.folder, library),
  }
}

function emptyLibrary(folder: string): Library {
  return { folder, images: [], problems: [], places: new Map() }
}

/** The lesser of two limits, of which either may be none. */
export function smallest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
