import type { Descriptor, Published } from '../registry/manifest.ts'
import { formats, publish, type ImageFormat, type MadeImage } from './made-image.ts'
import { digestOf, type MadeLayer } from './layer.ts'

export interface MadeIndex {
  readonly index: Published
  readonly children: readonly MadeImage[]
  /** One per child when asked for; listed in the index as `unknown/unknown`. Their layers are JSON, not tar. */
  readonly attestations: readonly MadeImage[]
}

/** A multi-platform index over the children, as `docker buildx build --provenance` publishes it. */
export function makeIndex(options: {
  readonly children: readonly MadeImage[]
  readonly attestations?: boolean
  readonly format?: ImageFormat
}): MadeIndex {
  const { children, format = 'oci' } = options
  const attestations = options.attestations === true ? children.map(attest) : []
  const mediaType = formats[format].index
  const index = publish(mediaType, {
    schemaVersion: 2,
    mediaType,
    manifests: [
      ...children.map((child) => listed(child)),
      ...attestations.map((attestation, position) => ({
        ...listed(attestation),
        annotations: {
          'vnd.docker.reference.digest': children[position]?.manifest.descriptor.digest,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
      })),
    ],
  })
  return { index, children, attestations }
}

function listed(image: MadeImage): Descriptor {
  return { ...image.manifest.descriptor, platform: image.platform }
}

/** docs.docker.com/build/metadata/attestations/attestation-storage: a manifest whose layer is an in-toto statement. */
function attest(image: MadeImage): MadeImage {
  const digest = image.manifest.descriptor.digest
  const platform = { os: 'unknown', architecture: 'unknown' }
  const predicateType = 'https://slsa.dev/provenance/v0.2'
  const statement = publish('application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType,
    subject: [{ name: 'image', digest: { sha256: digest.slice('sha256:'.length) } }],
    predicate: { builder: { id: 'https://sandbox.invalid/builder' }, buildType: 'sandbox' },
  })
  const descriptor: Descriptor = {
    ...statement.descriptor,
    annotations: { 'in-toto.io/predicate-type': predicateType },
  }
  const layer: MadeLayer = {
    descriptor,
    diffId: digestOf(statement.bytes),
    bytes: statement.bytes,
    createdBy: 'attestation',
  }
  const config = publish(formats.oci.config, {
    ...platform,
    config: {},
    rootfs: { type: 'layers', diff_ids: [layer.diffId] },
  })
  const manifest = publish(formats.oci.manifest, {
    schemaVersion: 2,
    mediaType: formats.oci.manifest,
    config: config.descriptor,
    layers: [descriptor],
  })
  return { platform, manifest, config, layers: [layer] }
}
