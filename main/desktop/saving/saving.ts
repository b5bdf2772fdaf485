import type { InstalledApp } from '../../carried-app/installed-app.ts'
import type { PullProgress } from '../../docker/pull.ts'
import type { WriteProgress } from '../../archive/write.ts'
import type { Job, RunningPhase } from '../transfers/job-schema.ts'

/**
 * All that is written into folders: it runs in a thread of its own, because in main each chunk of bytes would take turns
 * with the window's messages. Failures are thrown as they were there: AppError, NetworkError, FolderOccupied.
 */
export type Saving = {
  /** Someone is likely to save soon: what takes a moment to start is started. */
  prepare: () => Promise<void>
  /** Brings one image from its reference to durable files. Returns the name of the tarball, or of its first part. */
  save: (
    task: SaveTask,
    heard: (update: SaveUpdate) => void,
    signal: AbortSignal,
  ) => Promise<string | undefined>
  /** Puts the application itself on a drive. Throws what `carry` throws. */
  putApp: (task: AppTask, signal: AbortSignal) => Promise<void>
  /** Takes away what an image left unfinished, or had set aside. */
  discard: (target: Target) => Promise<void>
  /** Holds from now on for whatever runs; undefined means no limit. */
  limit: (bytesPerSecond: number | undefined) => void
  close: () => Promise<void>
}

/** One image of one folder. */
export type Target = Pick<Job, 'folder' | 'drive' | 'reference' | 'platform'>

export type SaveTask = Target &
  Pick<Job, 'wanted'> & {
    maxFileSizeBytes: number | undefined
    /** Read it back when it is written. */
    verify: boolean
  }

export type AppTask = Pick<Job, 'folder' | 'drive'> & {
  app: InstalledApp
  /** Of its packed form. */
  sha256: string
}

/** What happened since the last update; what is absent did not change. */
export type SaveUpdate = {
  /** The one that it is in at the end of this update. */
  phase?: RunningPhase
  planned?: PlannedImage
  pull?: PullProgress
  progress?: WriteProgress
  /** That came over the line since the last update. */
  fetchedBytes?: number
  /** Read back so far. */
  verifiedBytes?: number
  /** That a full drive lacks. */
  missingBytes?: number
}

/** What is to be written; `dataOffset` is where a layer's bytes begin in the tarball. */
export type PlannedImage = {
  sizeBytes: number
  layers: { digest: string; sizeBytes: number; dataOffset: number }[]
}
