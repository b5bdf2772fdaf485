import { createHmac, randomBytes } from 'node:crypto'
import { isDigest, type Digest } from '../registry/reference.ts'
import type { Answer } from './answer.ts'
import type { Collection } from './collection.ts'
import type { Service } from './listener.ts'

/** Addresses on the blob host that hold for a while, for whoever has them. */
export class SignedAddresses {
  readonly #origin: URL
  readonly #secret = randomBytes(32)

  constructor(origin: URL) {
    this.#origin = origin
  }

  sign(path: string, digest: Digest, seconds: number): URL {
    const address = new URL(`/${path}/blobs/${digest}`, this.#origin)
    const expires = `${Date.now() + seconds * 1000}`
    address.searchParams.set('X-Expires', expires)
    address.searchParams.set('X-Signature', this.#signature(address.pathname, expires))
    return address
  }

  holds(url: URL): boolean {
    const expires = url.searchParams.get('X-Expires') ?? ''
    const signature = url.searchParams.get('X-Signature')
    return signature === this.#signature(url.pathname, expires) && Number(expires) > Date.now()
  }

  #signature(pathname: string, expires: string): string {
    return createHmac('sha256', this.#secret).update(`${pathname}\n${expires}`).digest('hex')
  }
}

/** layers.nvcr.io: bytes behind signed addresses, whole or a range of them. It behaves as S3 does. */
export function blobService(collection: Collection, addresses: SignedAddresses): Service {
  return ({ method, url, authorization, range }) => {
    if (authorization !== undefined) {
      return refuse(400, 'InvalidArgument', 'Only one auth mechanism allowed')
    }
    if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'MethodNotAllowed', method)
    if (!addresses.holds(url)) return refuse(403, 'AccessDenied', 'Request has expired')
    const [, path = '', digest = ''] = /^\/(.+)\/blobs\/([^/]+)$/.exec(url.pathname) ?? []
    const repository = collection.find(path)
    const bytes = repository && isDigest(digest) ? collection.blob(repository, digest) : undefined
    if (!bytes) return refuse(404, 'NoSuchKey', 'The specified key does not exist.')
    return whole(bytes, digest, range)
  }
}

/** RFC 9110, 14.2: one range; what is not understood is answered with the whole. */
function whole(bytes: Uint8Array, digest: string, range: string | undefined): Answer {
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
  }
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (from === '' && to === '') return { status: 200, headers, body: bytes }
  const start = from === '' ? Math.max(0, bytes.length - Number(to)) : Number(from)
  const end = from === '' || to === '' ? bytes.length : Math.min(bytes.length, Number(to) + 1)
  if (start >= bytes.length || end <= start) {
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${bytes.length}` } }
  }
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` },
    body: bytes.subarray(start, end),
    offset: start,
  }
}

function refuse(status: number, code: string, message: string): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) }
}
