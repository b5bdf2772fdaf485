import type { Events } from '../api/contract.ts'
import type { PackedApp } from '../carried-app/pack-app.ts'
import type { SiteFile } from '../ngc/site-file.ts'
import type { KeepName, Kept } from './kept.ts'
import type { SavingThread } from './saving/messages.ts'

/** What the desktop's services ask of their host. Electron gives it in the application, plain objects in the tests. */
export type Ports = {
  keep: <Name extends KeepName>(name: Name) => Keep<Kept[Name]>
  secrets: Secrets
  dialogs: Dialogs
  system: System
  publish: Publish
  /** Says something that nobody asked for, once. */
  notify: (message: string, hint?: string) => void
  log: (line: string, error?: unknown) => void
  /** The sample NGC, in a process or thread of its own. */
  startSandbox: () => Promise<RunningSandbox>
  /** The thread in which images are saved. */
  startSaving: () => SavingThread
  /** The application itself, packed; undefined where it is not installed. */
  app: PackedApp | undefined
  logsFolder: string
  /** Where the history of folders goes that cannot keep it themselves. */
  machineFolder: string
  /** Where the catalogue that was last seen is kept. */
  catalogueFolder: string
}

/** One value on disk, read and parsed once, written whole. */
export type Keep<Value> = {
  get: () => Value
  set: (value: Value) => void
}

/** A key store, or memory where the system has none. Nothing in it reaches the window, a log or a file in clear. */
export type Secrets = {
  readonly canKeep: boolean
  get: (name: SecretName) => Promise<string | undefined>
  set: (name: SecretName, text: string) => Promise<'store' | 'memory'>
  remove: (name: SecretName) => Promise<void>
}

export type SecretName = 'key' | 'proxy-password'

/** Each resolves to undefined when the user changed their mind. */
export type Dialogs = {
  chooseFolder: () => Promise<string | undefined>
  chooseCertificates: () => Promise<string[] | undefined>
  chooseList: () => Promise<string | undefined>
  chooseSavePath: (suggestedName: string) => Promise<string | undefined>
}

export type System = {
  /** Opens a listed address in the browser; throws AppError for others. */
  openAddress: (address: string) => Promise<void>
  copy: (text: string) => Promise<void>
  showFile: (path: string) => void
  openFolder: (path: string) => Promise<void>
}

export type Publish = <Name extends keyof Events>(name: Name, payload: Events[Name]) => void

export type RunningSandbox = { site: SiteFile; close: () => Promise<void> }
