/** How a key is shown to the catalogue. */
export interface Credentials {
  /** The `Authorization` header for what lies in that scope; without one, for questions about the user. */
  authorization(scope: Scope | undefined, signal?: AbortSignal): Promise<string>
  /** Called after a 401; true if asking again may help. */
  renew(scope: Scope | undefined): boolean
}

/** An org, or one of its teams. */
export interface Scope {
  readonly org: string
  readonly team?: string
}
