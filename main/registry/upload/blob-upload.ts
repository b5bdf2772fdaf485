import { AppError } from '../../api/errors.ts'
import { StatusError } from '../../net/failure.ts'
import type { HttpRequest } from '../../net/http.ts'
import type { Repository } from '../client.ts'
import type { Digest } from '../reference.ts'
import { LIMIT_HINT, type Answer, type UploadRequests } from './requests.ts'

/** An upload that was begun at a registry. */
export interface Upload {
  /** Where to send what follows; new after every answer. */
  readonly location: URL
  /** Bytes that the registry has, by its own word. */
  readonly offset: number
  /** The smallest chunk that it takes, except for the last (`OCI-Chunk-Min-Length`). */
  readonly leastBytes: number
}

export interface UploadTarget {
  readonly requests: UploadRequests
  readonly repository: Repository
  readonly digest: Digest
  readonly signal: AbortSignal | undefined
}

/** The registry knows nothing of the upload any more, or not enough to go on: it is to be begun anew. */
export class UploadLost extends AppError {
  constructor({ registry }: Repository) {
    super('network', `${registry} forgot an upload half-way.`)
  }
}

/** The registry takes uploads in one request only: chunks are an option of the specification (“MAY”). */
export class ChunksRefused extends AppError {
  constructor({ registry, repository }: Repository) {
    super(
      'protocol',
      `${registry} takes a layer of ${repository} neither in one request nor in chunks.`,
      { hint: LIMIT_HINT },
    )
  }
}

type Body = () => NonNullable<HttpRequest['body']>

/** Object stores copy a whole blob to its place before they answer. */
const COMMIT_TIMEOUT_MS = 15 * 60_000
const WHAT = 'a layer'

/**
 * Begins an upload, or has the blob mounted from another repository (specification, “Mounting a blob from another
 * repository”): a registry that cannot, or does not let us read there, begins an upload just the same.
 */
export async function begin(
  target: UploadTarget,
  mountFrom: string | undefined,
): Promise<Upload | 'mounted'> {
  const { requests, repository, digest, signal } = target
  if (mountFrom !== undefined) {
    const query = new URLSearchParams({ mount: digest, from: mountFrom })
    const request = { method: 'POST', alsoPull: mountFrom } as const
    const answer = await requests
      .send(repository, `blobs/uploads/?${query.toString()}`, request, signal)
      .catch(asRefused)
    if (answer?.status === 201) return 'mounted'
    if (answer?.status === 202) return begun(requests, answer)
  }
  const answer = await requests.send(repository, 'blobs/uploads/', { method: 'POST' }, signal)
  if (answer.status === 202) return begun(requests, answer)
  throw requests.refused(repository, answer, WHAT)
}

/** Specification, “POST then PUT”: the whole blob in one request. */
export async function putWhole(
  { requests, repository, digest, signal }: UploadTarget,
  { location }: Upload,
  { sizeBytes, body }: { readonly sizeBytes: number; readonly body: Body },
): Promise<void> {
  const request = {
    method: 'PUT',
    headers: { 'content-type': OCTETS, 'content-length': String(sizeBytes) },
    body,
    headersTimeoutMs: COMMIT_TIMEOUT_MS,
  } as const
  const answer = await requests.send(repository, withDigest(location, digest), request, signal)
  committed(requests, repository, answer)
}

/** Specification, “Pushing a blob in chunks”: bytes from the upload's offset up to, without, `endByte`. */
export async function patch(
  { requests, repository, signal }: UploadTarget,
  upload: Upload,
  { endByte, body }: { readonly endByte: number; readonly body: Body },
): Promise<Upload> {
  const headers = {
    'content-type': OCTETS,
    'content-length': String(endByte - upload.offset),
    'content-range': `${upload.offset}-${endByte - 1}`,
  }
  const timeout = { headersTimeoutMs: COMMIT_TIMEOUT_MS }
  const request = { method: 'PATCH', headers, body, ...timeout } as const
  const answer = await requests.send(repository, upload.location, request, signal)
  if (answer.status === 416 || answer.status === 404) throw new UploadLost(repository)
  if (answer.status === 405 || answer.status === 501) throw new ChunksRefused(repository)
  if (answer.status !== 202 && answer.status !== 204) {
    throw requests.refused(repository, answer, WHAT)
  }
  const offset = confirmed(answer, endByte) ?? endByte
  if (offset <= upload.offset || offset > endByte) {
    throw new AppError(
      'protocol',
      `${repository.registry} confirms ${offset} bytes of ${repository.repository} where ${endByte} were sent.`,
    )
  }
  return { ...upload, location: next(requests, answer, upload), offset }
}

/** Specification, “Completed Upload”, once all bytes are there. */
export async function commit(
  { requests, repository, digest, signal }: UploadTarget,
  { location }: Upload,
): Promise<void> {
  const request = { method: 'PUT', headersTimeoutMs: COMMIT_TIMEOUT_MS } as const
  const answer = await requests.send(repository, withDigest(location, digest), request, signal)
  committed(requests, repository, answer)
}

/**
 * How far an upload has come after its line broke (specification, “GET Upload Status”). Undefined where it is to be begun
 * anew: gone, or further than anything was sent. Docker's distribution 2 forgets an upload whose request was cut.
 */
export async function statusOf(
  { requests, repository, signal }: UploadTarget,
  upload: Upload,
  handedBytes: number,
): Promise<Upload | undefined> {
  const answer = await requests.send(repository, upload.location, {}, signal)
  const offset = answer.status === 204 ? confirmed(answer, handedBytes) : undefined
  if (offset === undefined || offset > handedBytes) return undefined
  return { ...upload, location: next(requests, answer, upload), offset }
}

const OCTETS = 'application/octet-stream'

function begun(requests: UploadRequests, answer: Answer): Upload {
  const least = Number(answer.headers['oci-chunk-min-length'] ?? 0)
  const leastBytes = Number.isSafeInteger(least) && least > 0 ? least : 0
  return { location: requests.follow(answer), offset: 0, leastBytes }
}

function next(requests: UploadRequests, answer: Answer, { location }: Upload): URL {
  return answer.headers['location'] === undefined ? location : requests.follow(answer)
}

/** `Range: 0-99` is a hundred bytes. Registries say `0-0` of none as well. */
function confirmed({ headers }: Answer, expectedBytes: number): number | undefined {
  const [, last] = /^(?:bytes=)?0-(\d{1,16})$/.exec(headers['range']?.trim() ?? '') ?? []
  if (last === undefined) return undefined
  return last === '0' && expectedBytes !== 1 ? 0 : Number(last) + 1
}

/** The query that a location has is the registry's own, and stays as it is. */
function withDigest(location: URL, digest: Digest): URL {
  const url = new URL(location)
  url.search += `${url.search === '' ? '' : '&'}digest=${encodeURIComponent(digest)}`
  return url
}

function committed(requests: UploadRequests, repository: Repository, answer: Answer): void {
  if (answer.status === 201 || answer.status === 204) return
  if (answer.status === 404 || answer.status === 416) throw new UploadLost(repository)
  throw requests.refused(repository, answer, WHAT)
}

/** A mount that is refused is no failure: the blob can be sent. */
function asRefused(error: unknown): undefined {
  if (error instanceof StatusError && error.status < 500) return undefined
  throw error
}
