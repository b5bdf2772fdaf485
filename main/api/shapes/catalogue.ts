export type RepositoryRow = {
  path: string
  displayName?: string
  shortDescription?: string
  publisher?: string
  /** What `catalogue.logo` gives the picture for. */
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

export type TagList = {
  tags: TagRow[]
  /** Where the catalogue could not be asked: when it gave these. Milliseconds since 1970. */
  asOfMs?: number
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
