import { createHash } from 'node:crypto'
import { AppError } from '../api/errors.ts'
import { readBody } from '../net/body.ts'
import { MediaType, type Published } from './manifest.ts'
import { manifestMediaType } from './read-manifest.ts'
import { formatReference, isDigest, type Digest, type Reference } from './reference.ts'
import type { Get } from './requests.ts'
import { verifyDigest } from './verified-stream.ts'

/** The distribution specification's largest manifest that every registry takes. */
const MOST_MANIFEST_BYTES = 4 * 1024 * 1024

const ACCEPT = [
  MediaType.ociIndex,
  MediaType.dockerList,
  MediaType.ociManifest,
  MediaType.dockerManifest,
].join(', ')

/** The body is hashed and compared with the digest that was asked for, and with the one that the registry says. */
export async function fetchManifest(
  get: Get,
  reference: Reference,
  signal?: AbortSignal,
): Promise<Published> {
  const name = formatReference(reference)
  const path = `manifests/${reference.digest ?? reference.tag}`
  const answer = await get(
    reference,
    path,
    { accept: ACCEPT },
    async (response) => ({
      bytes: await readBody(response, MOST_MANIFEST_BYTES, `The manifest of ${name}`),
      contentType: response.headers['content-type'],
      said: response.headers['docker-content-digest'],
    }),
    signal,
  )
  const { bytes, contentType, said } = answer
  const hex = createHash('sha256').update(bytes).digest('hex')
  const compareDigests = (): void => {
    if (reference.digest) verifyDigest({ digest: reference.digest, name }, hex)
    if (said !== undefined && isDigest(said)) verifyDigest({ digest: said, name }, hex)
  }
  let mediaType: string
  try {
    // A schema 1 manifest is named by the digest of a part of itself: told apart before digests are compared.
    mediaType = manifestMediaType(bytes, contentType, name)
  } catch (error) {
    // What cannot be read because it was changed on the way is worth another try.
    if (error instanceof AppError && error.code === 'protocol') compareDigests()
    throw error
  }
  compareDigests()
  const digest: Digest = `sha256:${hex}`
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes }
}
