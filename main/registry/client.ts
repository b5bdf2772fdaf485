import type { Readable } from 'node:stream'
import { copyOf } from '../net/body.ts'
import type { Http } from '../net/http.ts'
import type { RateLimit } from '../net/rate-limit.ts'
import { createOutage, type Outage, type OutageOptions } from '../net/outage.ts'
import { patient, retry, type RetryPolicy } from '../net/retry.ts'
import { within } from '../net/within.ts'
import type { Site } from '../ngc/site.ts'
import type { Wanted } from './content-range.ts'
import type { Credentials } from './credentials.ts'
import { fetchManifest } from './fetch-manifest.ts'
import type { Descriptor, Published } from './manifest.ts'
import { openRange, readRange, type GetBlob, type OpenRange, type RangeOptions } from './range.ts'
import { readableOf } from './readable.ts'
import type { Reference } from './reference.ts'
import { createRequests, type Get } from './requests.ts'
import type { Access } from './session.ts'
import { verified, WrongBytes, type Hasher } from './verified-stream.ts'
import { AppError } from '../api/errors.ts'

/** Any OCI or Docker registry, read only. Every byte that leaves here was verified, except from `openRange` and `range`. */
export interface Registry {
  /** The manifest or index as published. Throws AppError `not-found`, `denied`, `unsupported` (schema 1), `digest-mismatch`, … */
  manifest(reference: Reference, signal?: AbortSignal): Promise<Published>
  /** A small blob as a whole, such as a config. Throws AppError `protocol` if it is larger than `MOST_DOCUMENT_BYTES`. */
  document(
    repository: Repository,
    descriptor: Descriptor,
    signal?: AbortSignal,
  ): Promise<Uint8Array>
  /**
   * A blob as a stream of chunks (in object mode: `highWaterMark` counts them) that outlives dropped lines and ends in an
   * error unless size and digest are right. Nothing is asked before it is read.
   */
  blob(repository: Repository, descriptor: Descriptor, options?: BlobOptions): Readable
  /** Bytes of a blob in order, surviving drops, not verified: the caller puts them together through `verified`. */
  range(
    repository: Repository,
    descriptor: Descriptor,
    range: Wanted,
    options?: Pick<BlobOptions, 'onBytes' | 'onWhole' | 'signal'>,
  ): AsyncIterable<Uint8Array>
  /** One request for bytes of a blob, not verified and not repeated: for callers with retries of their own. */
  openRange(
    repository: Repository,
    descriptor: Descriptor,
    range: Wanted,
    signal?: AbortSignal,
  ): Promise<OpenRange>
  /** How the repository came to be readable, once something was read from it. */
  access(repository: Repository): Access | undefined
  /** Whether any registry that was spoken to answers, in whatever way: is it the line, or what was asked for? */
  answers(signal?: AbortSignal): Promise<boolean>
}

export type Repository = Pick<Reference, 'registry' | 'repository'>

export interface BlobOptions {
  readonly signal?: AbortSignal | undefined
  /** Told the length of each chunk as it arrives. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** Told when the far end sends the whole blob where a range of it was asked for. */
  readonly onWhole?: (() => void) | undefined
  /** To go on from a byte: its offset, and a hasher that has seen all before it. */
  readonly from?: { readonly offset: number; readonly hasher: Hasher } | undefined
  /** Where to hash; by default on this thread. */
  readonly hasher?: Hasher | undefined
}

export interface RegistryOptions {
  readonly http: Http
  readonly site: Site
  readonly credentials?: (registryName: string) => Credentials | undefined
  /** Hosts of token services that may be sent credentials besides the registry's own; see `mayReceiveCredentials`. */
  readonly trustedRealms?: readonly string[]
  /** Hosts that may be spoken to without TLS, besides loopback. */
  readonly insecureHosts?: readonly string[]
  readonly limit?: RateLimit
  readonly retry?: RetryPolicy
  /** `blob` waits for a network that is lost, and goes on at its byte. */
  readonly outage?: OutageOptions | undefined
  readonly log?: (line: string) => void
}

/** Documents are held in memory; real configs stay below 1 MiB, and engines take up to 8. */
const MOST_DOCUMENT_BYTES = 8 * 1024 * 1024

export function createRegistry(options: RegistryOptions): Registry {
  const { retry: policy = patient, limit } = options
  const requests = createRequests(options)
  const outage =
    options.outage &&
    createOutage(options.outage, (signal) => requests.answers(signal), policy.clock)

  const persistent: Get = (repository, path, headers, read, signal) => {
    const whole = { limitMs: policy.totalTimeoutMs, name: repository.registry }
    const attempt = (until: AbortSignal) => requests.get(repository, path, headers, read, until)
    return retry(() => within(whole, attempt, signal), policy, signal)
  }

  const blobOf =
    (repository: Repository, descriptor: Descriptor): GetBlob =>
    (headers, signal) =>
      requests.open(repository, `blobs/${descriptor.digest}`, headers, signal)

  const rangeOptions = (
    repository: Repository,
    given: BlobOptions,
    whenLost: Outage | undefined,
  ): RangeOptions => ({
    retry: policy,
    limit,
    outage: whenLost,
    name: nameOf(repository),
    onBytes: given.onBytes,
    onWhole: given.onWhole,
  })

  const blob = (
    repository: Repository,
    descriptor: Descriptor,
    given: BlobOptions,
    how: RangeOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> => {
    const { offset = 0, hasher = given.hasher } = given.from ?? {}
    const range = { startByte: offset, endByte: descriptor.size }
    const source = readRange(blobOf(repository, descriptor), descriptor, range, how, signal)
    const { digest, size: sizeBytes } = descriptor
    const expected = { digest, sizeBytes, name: nameOf(repository) }
    return verified(source, expected, { offset, ...(hasher && { hasher }) })
  }

  return {
    manifest: (reference, signal) => onceMore(() => fetchManifest(persistent, reference, signal)),

    async document(repository, descriptor, signal) {
      if (descriptor.size > MOST_DOCUMENT_BYTES) {
        throw new AppError(
          'protocol',
          `${nameOf(repository)}: a document of ${descriptor.size} bytes is too large to be one.`,
        )
      }
      return onceMore(async () => {
        const chunks: Uint8Array[] = []
        const how = rangeOptions(repository, {}, undefined)
        for await (const chunk of blob(repository, descriptor, {}, how, signal)) chunks.push(chunk)
        return copyOf(chunks)
      })
    },

    blob: (repository, descriptor, given = {}) =>
      readableOf(
        (signal) =>
          blob(repository, descriptor, given, rangeOptions(repository, given, outage), signal),
        given.signal,
      ),

    range: (repository, descriptor, range, given = {}) =>
      readRange(
        blobOf(repository, descriptor),
        descriptor,
        range,
        rangeOptions(repository, given, outage),
        given.signal,
      ),

    openRange: (repository, descriptor, range, signal) =>
      openRange(blobOf(repository, descriptor), descriptor, range, signal),

    access: requests.access,
    answers: (signal) => requests.answers(signal),
  }
}

/** What was changed on the way is fetched a second time, and then believed to be wrong. */
async function onceMore<T>(fetch: () => Promise<T>): Promise<T> {
  try {
    return await fetch()
  } catch (error) {
    if (!(error instanceof WrongBytes)) throw error
    return fetch()
  }
}

function nameOf({ registry, repository }: Repository): string {
  return `${registry}/${repository}`
}
