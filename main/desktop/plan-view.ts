import { randomUUID } from 'node:crypto'
import { AppError, messageOf } from '../api/errors.ts'
import type { Place, PlanRow, PlanView } from '../api/shapes.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'
import { findingsOf } from './findings.ts'

type Given = Speeds & {
  /** The application, where it can be put on the drive. */
  app?: { sizeBytes: number; isWanted: boolean } | undefined
}

type Speeds = {
  maxFileSizeBytes?: number | undefined
  driveBytesPerSecond?: number | undefined
  lineBytesPerSecond?: number | undefined
}

/** A plan as the window shows it: rows, findings and how long it takes. */
export function viewOf(plan: Plan, place: Place, given: Given): PlanView {
  const { destination, carried, fetchBytes, sharedBytes, missingBytes } = plan
  const { largestFileBytes: largestBytes } = destination
  const free = Number.isFinite(destination.freeBytes) && { freeBytes: destination.freeBytes }
  const writeBytes = plan.writeBytes + plan.carriedBytes
  const toSave = plan.images.filter((image) => image.state !== 'present')
  const present = plan.images.filter((image) => image.state === 'present')
  const { drive } = place
  const estimate = estimateOf({ fetchBytes, writeBytes }, given)
  const { app } = given
  return {
    id: randomUUID(),
    place,
    rows: [
      ...plan.images.map(rowOf),
      ...plan.failures.map(({ subject, error }): PlanRow => {
        const notes = [messageOf(error), ...hintOf(error)]
        return {
          reference: subject,
          platform: '',
          state: 'failed',
          sizeBytes: 0,
          fetchBytes: 0,
          notes,
        }
      }),
    ],
    writeBytes,
    fetchBytes,
    sharedBytes,
    ...free,
    missingBytes,
    findings: findingsOf({
      name: drive?.name ?? destination.folder,
      isWritable: destination.isWritable,
      isNetwork: drive?.isNetwork === true,
      isRemovable: drive?.isRemovable === true,
      ...free,
      ...(drive && { totalBytes: drive.totalBytes }),
      writeBytes,
      missingBytes,
      ...(largestBytes !== undefined && {
        parts: {
          because:
            largestBytes === given.maxFileSizeBytes
              ? 'the settings allow'
              : `${fileSystemName(destination.fileSystem)} holds`,
          largestBytes,
          images: toSave.filter(({ sizeBytes }) => sizeBytes > largestBytes).length,
        },
      }),
      toSave: toSave.length,
      bringsApp: carried.length > 0,
      present: present.length,
      savedElsewhere: present.filter(({ file }) => file === undefined).length,
      failed: plan.failures.length,
    }),
    ...(app && {
      app: { sizeBytes: app.sizeBytes, state: appState(app.isWanted, carried.length) },
    }),
    ...(estimate && { estimate }),
  }
}

function appState(isWanted: boolean, toCarry: number): 'left-out' | 'new' | 'present' {
  if (!isWanted) return 'left-out'
  return toCarry > 0 ? 'new' : 'present'
}

function rowOf(image: PlannedImage): PlanRow {
  const { reference, platform, state, sizeBytes, digest, notes } = image
  return {
    reference: formatReference(reference),
    platform,
    state,
    sizeBytes,
    fetchBytes: image.state === 'present' ? 0 : image.fetchBytes,
    digest,
    notes: [...notes],
  }
}

/** Fetching and writing go on at the same time: the slower of both is what it takes. */
export function estimateOf(
  { writeBytes, fetchBytes }: Pick<Plan, 'writeBytes' | 'fetchBytes'>,
  { lineBytesPerSecond, driveBytesPerSecond }: Speeds,
): PlanView['estimate'] {
  if (!lineBytesPerSecond || !driveBytesPerSecond || writeBytes === 0) return undefined
  const lineSeconds = fetchBytes / lineBytesPerSecond
  const driveSeconds = writeBytes / driveBytesPerSecond
  return {
    seconds: Math.max(lineSeconds, driveSeconds),
    bottleneck: lineSeconds > driveSeconds ? 'line' : 'drive',
    lineBytesPerSecond,
    driveBytesPerSecond,
  }
}

function hintOf(error: unknown): string[] {
  return error instanceof AppError && error.hint !== undefined ? [error.hint] : []
}

function fileSystemName(fileSystem: string | undefined): string {
  return fileSystem === undefined || /fat|msdos/i.test(fileSystem) ? 'FAT32' : fileSystem
}
