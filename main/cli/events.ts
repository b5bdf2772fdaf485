import { messageOf } from '../api/errors.ts'
import type { WrittenFile } from '../archive/destination-files.ts'
import { pathOf, type CarriedFile } from '../carried-app/carried-file.ts'
import type { ImageToSave, Plan, PlanFailure, PlannedImage } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'

/**
 * One object a line of `--json`: a plan event for each image, an image event as each ends, an app event for each file
 * of the application as it is planned and as it ends, offline and online events as the network goes and comes, a waiting
 * event, which may come again, while a drive is full, and one done event last.
 */
export type ReplicateEvent =
  | PlanEvent
  | WaitingEvent
  | ImageEvent
  | AppEvent
  | OfflineEvent
  | OnlineEvent
  | DoneEvent

interface PlanEvent {
  readonly event: 'plan'
  readonly reference: string
  readonly digest: string
  readonly platform: string
  /** Of the tarball. */
  readonly sizeBytes: number
  readonly fetchBytes: number
  readonly state: PlannedImage['state']
  readonly notes: readonly string[]
}

/** Of a file that is put into the folder `app`. */
interface AppEvent {
  readonly event: 'app'
  readonly state: 'planned' | 'saved' | 'failed'
  readonly file: string
  readonly sizeBytes: number
  readonly error?: string
}

interface WaitingEvent {
  readonly event: 'waiting'
  readonly reference: string
  readonly platform: string
  /** That the drive lacks for this image. */
  readonly missingBytes: number
}

interface ImageEvent {
  readonly event: 'image'
  readonly reference: string
  readonly platform: string | null
  /** `pushed`: with `--no-exporter`, where nothing is saved. */
  readonly state: 'saved' | 'pushed' | 'skipped' | 'failed'
  /** The tarball, or the first of its parts; null where there is none. */
  readonly file: string | null
  /** All parts, where there are any. */
  readonly files?: readonly string[]
  readonly digest: string | null
  readonly sizeBytes: number | null
  readonly error?: string
}

interface OfflineEvent {
  readonly event: 'offline'
  /** What it was noticed by. */
  readonly error: string
  /** How long it is waited for at most. */
  readonly waitSeconds: number
}

interface OnlineEvent {
  readonly event: 'online'
}

interface DoneEvent {
  readonly event: 'done'
  readonly planned: number
  readonly saved: number
  readonly skipped: number
  readonly failed: number
  /** That came over the line. */
  readonly bytes: number
  /** That were needed but came from the destination: held there already, or shared between images. */
  readonly sharedBytes: number
  /** That the drive lacks; absent where it all fits. */
  readonly missingBytes?: number
  /** Why the run did not come to its end: then what was planned is not all done. */
  readonly error?: string
}

export function planEvent(image: PlannedImage): PlanEvent {
  const { digest, platform, sizeBytes, state, notes } = image
  const fetchBytes = image.state === 'present' ? 0 : image.fetchBytes
  return {
    event: 'plan',
    reference: formatReference(image.reference),
    digest,
    platform,
    sizeBytes,
    fetchBytes,
    state,
    notes,
  }
}

export function appEvent(file: CarriedFile, state: AppEvent['state'], error?: unknown): AppEvent {
  const told = { event: 'app', state, file: pathOf(file), sizeBytes: file.sizeBytes } as const
  return error === undefined ? told : { ...told, error: messageOf(error) }
}

export function waitingEvent(image: ImageToSave, missingBytes: number): WaitingEvent {
  const { reference, platform } = image
  return { event: 'waiting', reference: formatReference(reference), platform, missingBytes }
}

export function savedEvent(image: ImageToSave, files: readonly WrittenFile[]): ImageEvent {
  const names = files.map(({ name }) => name)
  return {
    ...imageBase(image),
    state: names.length > 0 ? 'saved' : 'pushed',
    file: names[0] ?? null,
    ...(names.length > 1 && { files: names }),
  }
}

export function skippedEvent(image: PlannedImage): ImageEvent {
  return {
    ...imageBase(image),
    state: 'skipped',
    file: image.state === 'present' ? (image.file ?? null) : null,
  }
}

export function failedEvent(image: ImageToSave, error: unknown): ImageEvent {
  return { ...imageBase(image), state: 'failed', file: null, error: messageOf(error) }
}

export function offlineEvent(error: unknown, longestWaitMs: number): OfflineEvent {
  return { event: 'offline', error: messageOf(error), waitSeconds: longestWaitMs / 1000 }
}

export const onlineEvent: OnlineEvent = { event: 'online' }

export function unplannedEvent({ subject, error }: PlanFailure): ImageEvent {
  return {
    event: 'image',
    reference: subject,
    platform: null,
    state: 'failed',
    file: null,
    digest: null,
    sizeBytes: null,
    error: messageOf(error),
  }
}

/** How a run ended, in numbers. */
export interface Tally {
  readonly saved: number
  readonly failed: number
  /** That came over the line. */
  readonly bytes: number
  /** Why it did not come to its end. */
  readonly error?: string | undefined
}

export function doneEvent(plan: Plan, { saved, failed, bytes, error }: Tally): DoneEvent {
  const skipped = plan.images.filter(({ state }) => state === 'present').length
  const planned = plan.images.length + plan.failures.length
  return {
    event: 'done',
    planned,
    saved,
    skipped,
    failed,
    bytes,
    sharedBytes: saved === 0 ? 0 : plan.sharedBytes,
    ...(plan.missingBytes > 0 && { missingBytes: plan.missingBytes }),
    ...(error !== undefined && { error }),
  }
}

function imageBase({ reference, platform, digest, sizeBytes }: PlannedImage) {
  return {
    event: 'image',
    reference: formatReference(reference),
    platform,
    digest,
    sizeBytes,
  } as const
}
