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
  writeBytes: number
  fetchBytes: number
  sharedBytes: number
  freeBytes: number
  missingBytes: number
  findings: Finding[]
  /** How long it should take, where both speeds are known. */
  estimate?: {
    seconds: number
    bottleneck: 'line' | 'drive'
    lineBytesPerSecond: number
    driveBytesPerSecond: number
  }
}
