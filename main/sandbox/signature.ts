import { generateKeyPairSync, sign } from 'node:crypto'
import type { Digest } from '../registry/reference.ts'
import { publish, type MadeLayer } from './image.ts'
import { digestOf } from './layer.ts'
import type { BuiltImage } from './repository.ts'

/** The tag under which cosign keeps the signature of a digest. */
export function signatureTag(digest: Digest): string {
  return `${digest.replace(':', '-')}.sig`
}

/**
 * Signs as cosign does with a key and no transparency log: github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md.
 * The key is new in each process, and ECDSA is not repeatable, so signatures alone differ between two runs.
 */
export class Signer {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #signatures = new Map<string, BuiltImage>()

  get publicKey(): string {
    return this.#keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  }

  /** The signature of that digest as an image. */
  sign(path: string, digest: Digest): BuiltImage {
    const id = `${path}@${digest}`
    let signature = this.#signatures.get(id)
    if (!signature) {
      signature = this.#make(path, digest)
      this.#signatures.set(id, signature)
    }
    return signature
  }

  #make(path: string, digest: Digest): BuiltImage {
    const payload = publish('application/vnd.dev.cosign.simplesigning.v1+json', {
      critical: {
        identity: { 'docker-reference': `nvcr.io/${path}` },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    })
    const signature = sign('sha256', payload.bytes, this.#keys.privateKey).toString('base64')
    const layer: MadeLayer = {
      descriptor: {
        ...payload.descriptor,
        annotations: { 'dev.cosignproject.cosign/signature': signature },
      },
      diffId: digestOf(payload.bytes),
      bytes: payload.bytes,
      createdBy: 'cosign',
    }
    const config = publish('application/vnd.oci.image.config.v1+json', {
      architecture: '',
      os: '',
      config: {},
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
    })
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    const manifest = publish(mediaType, {
      schemaVersion: 2,
      mediaType,
      config: config.descriptor,
      layers: [layer.descriptor],
    })
    const platform = { os: '', architecture: '' }
    return { root: manifest, images: [{ platform, manifest, config, layers: [layer] }] }
  }
}
