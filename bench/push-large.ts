import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { makeImage, makeLayer } from '../main/sandbox/image.ts'
import type { RealRegistry } from '../test/support/registry.ts'

const PIECE = 1024 * 1024
/** RFC 1952, 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b, 8]

/** An image with one layer of any size, sent piece by piece: nothing of it is held in memory. Gives the layer's digest. */
export async function pushLarge(
  registry: RealRegistry,
  repository: string,
  tag: string,
  sizeBytes: number,
): Promise<string> {
  const hash = createHash('sha256')
  for (const piece of pieces(sizeBytes)) hash.update(piece)
  const digest = `sha256:${hash.digest('hex')}` as const
  await upload(registry, repository, digest, sizeBytes)
  const small = makeLayer({ seed: 'large', sizeBytes: 1 })
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
  const layer = { ...small, descriptor: { mediaType, digest, size: sizeBytes } }
  const image = makeImage({ platform: { os: 'linux', architecture: 'amd64' }, layers: [layer] })
  await registry.push(repository, { manifest: image.manifest, config: image.config }, tag)
  return digest
}

/** OCI distribution specification 1.1, "Pushing a blob monolithically", POST then PUT. */
async function upload(
  { address }: RealRegistry,
  repository: string,
  digest: string,
  sizeBytes: number,
): Promise<void> {
  const begun = await fetch(new URL(`/v2/${repository}/blobs/uploads/`, address), {
    method: 'POST',
  })
  const place = new URL(begun.headers.get('location')!, address)
  place.searchParams.set('digest', digest)
  const put = request(place, {
    method: 'PUT',
    headers: { 'content-length': sizeBytes, 'content-type': 'application/octet-stream' },
  })
  const answered = once(put, 'response')
  for (const piece of pieces(sizeBytes)) if (!put.write(piece)) await once(put, 'drain')
  put.end()
  const [response] = (await answered) as [{ statusCode: number; resume(): void }]
  response.resume()
  if (response.statusCode !== 201) throw new Error(`the registry answered ${response.statusCode}`)
}

function* pieces(sizeBytes: number): Generator<Uint8Array> {
  const piece = Buffer.alloc(PIECE, 'large layers')
  // It has to look compressed: skopeo would compress it, to next to nothing.
  piece.set(GZIP_MAGIC)
  for (let left = sizeBytes; left > 0; left -= PIECE) yield piece.subarray(0, Math.min(PIECE, left))
}
