export type Platform = 'linux/amd64' | 'linux/arm64' | 'all'

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
  /** Its own, where it came from a list; else the tray's. */
  platforms?: string[]
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
