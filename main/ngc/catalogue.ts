/**
 * What NGC offers, whichever service answers: NGC as guest or with a key, or DGX.
 * All calls throw AppError `unauthorized` for a key that is refused, `network`, `rate-limited`, `protocol`, `cancelled`.
 */
export interface Catalogue {
  /**
   * Repositories of the given orgs or teams (`nvidia`, `nvidia/clara`), each once. An org includes its teams.
   * Costs a request for each hundred repositories or so, and none for each one: select among these before asking for tags.
   * Throws AppError `usage` for a namespace that is none.
   */
  repositories(namespaces: readonly string[], signal?: AbortSignal): Promise<CatalogueRepository[]>
  /** The repository by its path; throws AppError `not-found`, `region`, `denied`, `unauthorized`. */
  repository(path: string, signal?: AbortSignal): Promise<CatalogueRepository>
  /** Every tag with its change key; signature tags (`sha256-….sig`) are left out. */
  tags(path: string, signal?: AbortSignal): Promise<CatalogueTag[]>
}

export interface CatalogueRepository {
  /** The path on the registry: `nvidia/pytorch`, `nvidia/clara/monai-toolkit`. */
  readonly path: string
  readonly displayName?: string
  readonly shortDescription?: string
  /** Markdown. A list may lack it: ask for the repository itself. */
  readonly description?: string
  readonly publisher?: string
  readonly logo?: string
  readonly latestTag?: string
  readonly latestSizeBytes?: number
  /** ISO 8601, as the service wrote it. */
  readonly updated?: string
  readonly isPublic?: boolean
  readonly isSigned?: boolean
  readonly isMultiArchitecture?: boolean
}

export interface CatalogueTag {
  readonly tag: string
  /** Differs when the image behind the tag differs: `updatedDate` of NGC, `dockerImageId` of DGX; empty where not told. */
  readonly changeKey: string
  readonly updated?: string
  readonly sizeBytes?: number
  readonly isSigned?: boolean
  readonly platforms?: readonly {
    readonly os: string
    readonly architecture: string
    readonly sizeBytes?: number
  }[]
}
