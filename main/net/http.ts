import type { Readable } from 'node:stream'

/** One HTTP exchange. Redirects are not followed here: who may see which header is the caller's to decide. */
export interface Http {
  request(url: URL, options: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
  /** Ends all idle connections. */
  close(): Promise<void>
}

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | Readable
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case; repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Must be consumed or destroyed. */
  readonly body: Readable
}
