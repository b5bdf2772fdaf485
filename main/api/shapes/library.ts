import type { Place } from './places.ts'

export type ImageRecord = {
  atMs: number
  what: 'saved' | 'verified' | 'loaded' | 'pushed'
  ok: boolean
  /** Of this application. */
  version: string
  /** Where to, or what was wrong. */
  detail?: string
}

export type LibraryRow = {
  id: string
  file: string
  files?: string[]
  reference?: string
  platform?: string
  digest?: string
  sizeBytes: number
  created?: string
  savedMs?: number
  /** `cache`: the system may have answered from memory instead of the drive. */
  verified?: { atMs: number; ok: boolean; readFrom?: 'medium' | 'cache' | undefined }
  /** What was done with it, oldest first. */
  records?: ImageRecord[]
  status: string
  detail?: string
}

export type LibraryView = {
  place: Place
  rows: LibraryRow[]
  totalBytes: number
  sharedBytes: number
  problems: { file: string; detail: string }[]
  verifying?: { id: string; doneBytes: number; totalBytes: number }[]
}

/** Whether a driver is enough for an image; without one nothing is known but what the image asks for. */
export type FitnessView =
  | { state: 'no-driver' }
  | {
      state: 'judged'
      driver: string
      origin: 'here' | 'pasted'
      verdict: 'meets' | 'fails' | 'depends'
      /** One sentence. */
      why: string
    }

export type LibraryImage = LibraryRow & {
  layers: { digest: string; sizeBytes: number; createdBy?: string }[]
  history: { createdBy: string; created?: string; isEmptyLayer: boolean }[]
  env: string[]
  entrypoint: string[]
  command: string[]
  labels: Record<string, string>
  /** `needs` is what it asks of the driver, as a sentence. */
  cuda?: { version?: string; requires?: string; needs?: string }
  /** About what its layers take once they are unpacked. */
  unpackedBytes?: number
  description?: string
  loadsIn: { engine: string; ok: boolean; why?: string }[]
  loadCommands: { engine: string; command: string }[]
  problems: { kind: string; detail: string; offset?: number; length?: number }[]
}
