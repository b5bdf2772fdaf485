/** Which of the sandbox's services. Each has an origin of its own, as NVIDIA's have. */
export type Role = 'catalog' | 'auth' | 'registry' | 'blobs' | 'dgx'

/** One request as it came in: enough to prove what was asked and what was not, and nothing secret. */
export interface LoggedRequest {
  readonly role: Role
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly hadAuthorization: boolean
  /** The `Range` header. */
  readonly range?: string
  /** 0 until answered. */
  status: number
  /** Bytes of the body handed to the connection. */
  sentBytes: number
}

/** The newest requests, oldest first; bounded, since a sandbox may serve for days. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = []

  add(request: LoggedRequest): void {
    this.#requests.push(request)
    if (this.#requests.length > MOST) this.#requests.splice(0, MOST / 2)
  }

  all(filter: Partial<Pick<LoggedRequest, 'role' | 'method' | 'path'>> = {}): LoggedRequest[] {
    return this.#requests.filter(
      (request) =>
        (filter.role ?? request.role) === request.role &&
        (filter.method ?? request.method) === request.method &&
        (filter.path ?? request.path) === request.path,
    )
  }

  clear(): void {
    this.#requests.length = 0
  }
}

const MOST = 100_000
