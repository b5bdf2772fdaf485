import type { TarballFiles } from '../library/tarball-files.ts'
import type { Descriptor, Published } from '../registry/manifest.ts'
import type { Reference } from '../registry/reference.ts'
import type { BlobSource } from '../registry/upload/send-blob.ts'

/** An image that can be pushed: its documents are at hand, its layers are opened when they are sent. */
export interface PushableImage {
  /** What it is called where it comes from. */
  readonly reference: Reference
  /** `linux/amd64`. */
  readonly platform: string
  readonly manifest: Published
  /** Config and layers, each once. */
  readonly blobs: readonly Descriptor[]
  /** Documents that travel along: its index, signatures, attestations. */
  readonly extras: readonly Published[]
  /** Its tarball, or the first of its parts; absent where it comes straight from another registry. */
  readonly file?: string
  readonly tarball?: TarballFiles
  /** The tarball had no manifest: this one was made, and its digest is not the publisher's. */
  readonly isManifestMade: boolean
  open(): Promise<OpenBlobs>
}

export interface OpenBlobs {
  source(descriptor: Descriptor): BlobSource
  close(): Promise<void>
}
