/** The shapes that cross between the window and the core: plain data, whole snapshots, no secrets, no paths that act. */

/** Which NGC the window looks at, and as whom. */
export type Session =
  | { kind: 'none' }
  | { kind: 'guest' }
  /** The sample catalogue on this machine. */
  | { kind: 'sandbox' }
  | {
      kind: 'key'
      keyKind: 'personal' | 'legacy' | 'dgx'
      org?: string
      userName?: string
      /** Where the key lives: in the system's key store, or only until the application ends. */
      kept: 'store' | 'memory'
    }

export type Platform = 'linux/amd64' | 'linux/arm64' | 'all'

export type RepositoryRow = {
  path: string
  displayName?: string
  shortDescription?: string
  publisher?: string
  /** A data: address; logos of other hosts are fetched by the core or left out. */
  logo?: string
  latestTag?: string
  latestSizeBytes?: number
  updated?: string
  isSigned: boolean
  isPrivate: boolean
  isMultiArchitecture: boolean
}

/** What there is, how old it is, and why it could not be renewed. */
export type CatalogueList = {
  state: 'loading' | 'ready' | 'failed'
  repositories: RepositoryRow[]
  /** Milliseconds since 1970, of the list that is shown. */
  fetchedMs?: number
  failure?: { message: string; hint?: string }
}

export type TagRow = {
  tag: string
  updated?: string
  sizeBytes?: number
  platforms: string[]
  isSigned: boolean
}

export type RepositoryDetail = RepositoryRow & {
  /** Markdown, as its publisher wrote it: hostile until sanitised. */
  description?: string
  /** In NVIDIA's catalogue. */
  page: string
}

/** Rules as the command line has them. */
export type RulesInput = {
  projects: string[]
  images: string[]
  strictNameMatch: boolean
  minVersion?: string
  pyVersion?: string
  exclude: string[]
  latest?: number
}

export type SelectionItem = {
  reference: string
  state: 'measuring' | 'measured' | 'failed'
  failure?: string
}

/** The tray. Bytes are absent until every image was measured. */
export type Selection = {
  items: SelectionItem[]
  platform: Platform
  /** Of all layers, each digest once. */
  fetchBytes?: number
  /** What the tarballs have in common beyond that. */
  sharedBytes?: number
}

/** A folder that the window may name: handed out by a dialog, a drop or the list of drives, never made from a path. */
export type Place = {
  grant: string
  /** For people: the whole path. */
  label: string
  drive?: Drive
}

export type Drive = {
  /** Its label, or its device's name. */
  name: string
  fileSystem?: string
  isRemovable: boolean
  isNetwork: boolean
  isReadOnly: boolean
  totalBytes: number
  freeBytes: number
  largestFileBytes?: number
}

export type Places = { drives: Place[]; recent: Place[] }

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

export type Phase =
  | 'waiting'
  | 'resolving'
  | 'downloading'
  /** The drive is: it goes on when there is room. */
  | 'full'
  | 'flushing'
  | 'verifying'
  | 'done'
  | 'paused'
  | 'failed'
  | 'cancelled'

export type TransferRow = {
  id: string
  reference: string
  platform: string
  place: Place
  phase: Phase
  sizeBytes: number
  writtenBytes: number
  durableBytes: number
  fetchedBytes: number
  /** Read back so far; only while it is verified. */
  verifiedBytes?: number
  bytesPerSecond?: number
  secondsLeft?: number
  layers: { digest: string; sizeBytes: number; doneBytes: number }[]
  failure?: {
    code: string
    message: string
    hint?: string
    ways: ('retry' | 'choose-folder' | 'open-page' | 'enter-key')[]
    page?: string
  }
  file?: string
}

export type TransfersView = {
  rows: TransferRow[]
  totalBytes: number
  doneBytes: number
  bytesPerSecond?: number
  secondsLeft?: number
  /** The last two minutes, oldest first, one a second. */
  speedHistory: number[]
  isPaused: boolean
  /** Places whose every transfer is done and on the medium. */
  safe: { place: Place; canEject: boolean }[]
  isOffline: boolean
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
  verified?: { atMs: number; ok: boolean }
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

export type LibraryImage = LibraryRow & {
  layers: { digest: string; sizeBytes: number; createdBy?: string }[]
  history: { createdBy: string; created?: string; isEmptyLayer: boolean }[]
  env: string[]
  entrypoint: string[]
  command: string[]
  labels: Record<string, string>
  cuda?: { version?: string; requires?: string }
  description?: string
  loadsIn: { engine: string; ok: boolean; why?: string }[]
  loadCommands: { engine: string; command: string }[]
  problems: { kind: string; detail: string; offset?: number; length?: number }[]
}

export type Theme = 'system' | 'light' | 'dark'

export type Settings = {
  theme: Theme
  projects: string[]
  platform: Platform
  /** Images at once. */
  jobs: number
  connections: number
  limitBytesPerSecond?: number
  maxFileSizeBytes?: number
  verifyAfterWrite: 'removable' | 'always' | 'never'
  /** Address; empty means what the environment says. */
  proxy: string
  /** PEM files, by their names. */
  extraCertificates: { id: string; name: string; subject: string }[]
  /** Absent: NVIDIA's own. */
  site?: {
    catalog?: string
    auth?: string
    registry?: string
    dgx?: string
    registryName?: string
    insecure?: boolean
  }
  logsFolder: string
  /** False where the system has no key store: keys then live until the application ends. */
  canKeepKeys: boolean
}
