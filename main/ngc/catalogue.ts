/** What NGC offers, whichever service answers: NGC as guest or with a key, or DGX. */
export interface Catalogue {
  /**
   * Repositories of the given orgs or namespaces (`nvidia`, `nvidia/clara`), as they arrive page by page.
   * A namespace includes the teams below it.
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
  /** Differs when the image behind the tag differs: `updatedDate` of NGC, `dockerImageId` of DGX. */
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
