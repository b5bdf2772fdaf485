import type { Place } from './places.ts'

export type EngineRow = {
  id: string
  kind: 'docker' | 'podman' | 'containerd'
  /** `Docker 20.10.24`. */
  name: string
  /** Why it was looked for there, and where. */
  origin: string
  address: string
  /** Where it keeps images, by its own word. */
  storage?: string
  freeBytes?: number
  /** Where it copies what it loads meanwhile, if that is another disk. */
  scratch?: { folder: string; freeBytes?: number }
}

export type EnginesView = {
  engines: EngineRow[]
  /** There, but not to be used as it is. */
  problems: { where: string; message: string; hint?: string }[]
  /** Where nobody answered. */
  looked: string[]
  /** What to do where nothing was found. */
  nothing?: { message: string; hint?: string }
}

export type LoadPlanView = {
  id: string
  engine: EngineRow
  rows: {
    name: string
    /** `held`: the engine has it. `tag`: it has it under another name. */
    state: 'load' | 'tag' | 'held' | 'refused'
    sizeBytes: number
    failure?: { message: string; hint?: string }
  }[]
  /** That stay on the engine's disk, and that are needed meanwhile. */
  keptBytes: number
  scratchBytes: number
}

export type PushPlanView = {
  id: string
  rows: {
    source: string
    /** That it will have there. */
    name: string
    platform: string
    state: 'new' | 'present' | 'replaces'
    sizeBytes: number
    notes: string[]
  }[]
  failures: { name: string; message: string; hint?: string }[]
}

/** What the last push went by; never the password itself. */
export type PushDefaults = {
  to: string
  username: string
  isInsecureAllowed: boolean
  hasPassword: boolean
}

export type DeliveryRow = {
  id: string
  name: string
  phase: 'waiting' | 'running' | 'unpacking' | 'done' | 'there' | 'failed' | 'stopped'
  sizeBytes: number
  doneBytes: number
  /** What came of it, beside the phase. */
  note?: string
  failure?: { message: string; hint?: string }
}

/** Handing images of a library to an engine or a registry; one at a time. */
export type DeliveryView =
  | { state: 'none' }
  | {
      state: 'running' | 'ended' | 'stopped'
      kind: 'load' | 'push'
      /** The engine, or the place in the registry. */
      to: string
      place: Place
      rows: DeliveryRow[]
      totalBytes: number
      doneBytes: number
      bytesPerSecond?: number
      secondsLeft?: number
      /** What ended all of it. */
      failure?: { message: string; hint?: string }
      /** Why it waits, while it does. */
      waiting?: string
    }
