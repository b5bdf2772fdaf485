import type { Place } from './places.ts'

export type Finding = { severity: 'blocks' | 'look' | 'note'; message: string; hint?: string }

export type PlanRow = {
  reference: string
  platform: string
  state: 'new' | 'changed' | 'present' | 'failed'
  sizeBytes: number
  fetchBytes: number
  digest?: string
  notes: string[]
}

export type PlanView = {
  id: string
  place: Place
  rows: PlanRow[]
  /** With the application, where that is wanted. */
  writeBytes: number
  fetchBytes: number
  sharedBytes: number
  /** Absent where the drive does not tell. */
  freeBytes?: number
  missingBytes: number
  findings: Finding[]
  /** The application itself, where it is installed and so can be put on the drive. */
  app?: { sizeBytes: number; state: 'left-out' | 'new' | 'present' }
  /** How long it should take, where both speeds are known. */
  estimate?: {
    seconds: number
    bottleneck: 'line' | 'drive'
    lineBytesPerSecond: number
    driveBytesPerSecond: number
  }
}
