import { patient, retry } from '../../net/retry.ts'
import type { Repository, RegistryOptions } from '../client.ts'
import type { Descriptor, Published } from '../manifest.ts'
import type { Digest } from '../reference.ts'
import type { BegunUploads } from './begun-uploads.ts'
import { headBlob, headManifest, putManifest } from './manifests.ts'
import { createUploadRequests } from './requests.ts'
import { sendBlob, type BlobSource, type SentBlob } from './send-blob.ts'

/** Writing to any OCI or Docker registry (OCI distribution specification 1.1, “Push”). Nothing is changed on the way. */
export interface Uploads {
  hasBlob(repository: Repository, digest: Digest, signal?: AbortSignal): Promise<boolean>
  /** What a tag or digest names there; undefined where there is nothing. */
  manifestDigest(
    repository: Repository,
    name: string,
    signal?: AbortSignal,
  ): Promise<Digest | undefined>
  /**
   * Sends a blob that is not there, or has it mounted. Goes on where the registry confirms to be when the line drops, also
   * for what an earlier run began. Docker's distribution drops whatever was cut within a request: then it is sent anew.
   * Throws AppError `digest-mismatch` before its last bytes are sent when the source gives other bytes than named.
   */
  sendBlob(
    repository: Repository,
    descriptor: Descriptor,
    source: BlobSource,
    options?: SendOptions,
    signal?: AbortSignal,
  ): Promise<SentBlob>
  /** Puts a manifest under a tag or its digest. Everything that it names must be there. */
  putManifest(
    repository: Repository,
    name: string,
    manifest: Published,
    signal?: AbortSignal,
  ): Promise<void>
}

export interface SendOptions {
  /** A repository of the same registry that is known to have the blob. */
  readonly mountFrom?: string | undefined
  /** Bytes of the blob that were handed to the line; less than before when it has to be sent anew. */
  readonly onProgress?: ((sentBytes: number) => void) | undefined
}

/** As for reading; an upload waits for no network that is lost. */
export type UploadsOptions = Omit<RegistryOptions, 'outage'> & {
  readonly begun?: BegunUploads | undefined
}

export function createUploads(options: UploadsOptions): Uploads {
  const { retry: policy = patient, limit, begun } = options
  const requests = createUploadRequests(options)
  return {
    hasBlob: (repository, digest, signal) =>
      retry(() => headBlob(requests, repository, digest, signal), policy, signal),

    manifestDigest: (repository, name, signal) =>
      retry(() => headManifest(requests, repository, name, signal), policy, signal),

    sendBlob: (repository, descriptor, source, given = {}, signal) =>
      sendBlob(
        { requests, retry: policy, limit, begun, ...given },
        repository,
        descriptor,
        source,
        signal,
      ),

    putManifest: (repository, name, manifest, signal) =>
      retry(() => putManifest(requests, repository, name, manifest, signal), policy, signal),
  }
}
