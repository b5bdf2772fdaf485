import { z } from 'zod'
import { isDigest, type Digest } from './reference.ts'

/** Media types of manifests; all of the first four are asked for in `Accept`. */
export const MediaType = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const

const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'not a sha256 digest',
)

export const platformSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
})

/** OCI image specification 1.1, "Content Descriptors"; `size` is in bytes. */
const descriptorSchema = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  platform: platformSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
})

/** OCI "Image Manifest" and Docker "Image Manifest V 2, Schema 2". */
export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(4096),
  annotations: z.record(z.string(), z.string()).optional(),
})

/** OCI "Image Index" and Docker manifest list. */
export const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(descriptorSchema).max(4096),
})

export type Platform = z.infer<typeof platformSchema>
export type Descriptor = z.infer<typeof descriptorSchema>
export type Manifest = z.infer<typeof manifestSchema>
export type Index = z.infer<typeof indexSchema>

/** A manifest or any other small document, as the bytes that were published: its digest is the hash of `bytes`. */
export interface Published {
  readonly descriptor: Descriptor
  readonly bytes: Uint8Array
}

/**
 * One image for one platform with everything but its layers: what a tarball is laid out from.
 * `manifest` is the platform manifest; `extras` are further documents that travel unlisted (the original index,
 * signatures, attestations).
 */
export interface ResolvedImage {
  readonly platform: Platform
  readonly manifest: Published
  readonly config: Published
  /** As listed, in order, repeats included. */
  readonly layers: readonly Descriptor[]
  readonly extras: readonly Published[]
}
