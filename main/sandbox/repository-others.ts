import { cudaEnvironment, cudaReleases, systemLayer, type CudaRelease } from './environment.ts'
import { plainDescription } from './descriptions.ts'
import { makeImage, makeIndex, publish, type LayerCompression, type MadeImage } from './image.ts'
import type { BuiltImage, SandboxRepository } from './repository.ts'
import type { Shelf } from './shelf.ts'

/** The catalogue's odd corners: teams, other platforms, large and zstd layers, old manifests, gates, empty shelves. */
export function otherRepositories(): SandboxRepository[] {
  return [
    offer('nvidia/l4t-tensorflow', 'L4T TensorFlow', [
      ['r32.4.2-tf1.15-py3', '2020-04-29T21:10:00.5Z', simple('10.1', { architecture: 'arm64' })],
      ['r35.3.1-tf2.11-py3', '2023-04-04T20:01:12.033Z', simple('11.8', { architecture: 'arm64' })],
    ]),
    offer('nvidia/clara/monai-toolkit', 'MONAI Toolkit', [
      ['1.0', '2022-12-01T10:00:00.000Z', simple('11.8')],
      ['1.1', '2023-03-21T11:30:00.250Z', simple('11.8')],
      ['2.0', '2023-10-10T08:15:42.000Z', simple('12.3')],
      ['latest', '2023-10-10T08:15:42.000Z', simple('12.3')],
    ]),
    offer('nvidia/k8s/dcgm-exporter', 'DCGM Exporter', [
      ['3.3.5-3.4.0-ubuntu22.04', '2024-03-01T12:00:00.000Z', multi('12.3')],
      ['4.1.1-4.0.4-ubuntu22.04', '2025-02-14T12:00:00.000Z', multi('12.4')],
    ]),
    offer('nvidia/nemo', 'NeMo Framework', [
      ['24.03.framework', '2024-04-02T04:05:06.789Z', simple('12.3', { sizeBytes: 32_000_000 })],
      ['24.05', '2024-06-05T01:02:03.004Z', simple('12.4', { compression: 'zstd', format: 'oci' })],
    ]),
    offer('nvidia/caffe', 'NVCaffe', [
      ['17.03', undefined, schema1],
      ['20.03-py3', '2020-03-27T17:00:00.111Z', simple('10.1')],
    ]),
    // Neither text nor dates.
    {
      path: 'nvidia/hpc-benchmarks',
      displayName: 'HPC Benchmarks',
      publisher: 'NVIDIA',
      isPublic: true,
      tags: [{ tag: '24.03', build: simple('12.4') }],
    },
    offer('nvidia/digits', 'DIGITS', []),
    {
      ...offer('nvidia/isaac-sim', 'Isaac Sim', [
        ['4.0.0', '2024-06-17T09:00:00.000Z', simple('12.4')],
      ]),
      gate: 'licence',
    },
    {
      ...offer('nvidia/restricted-toolkit', 'Restricted Toolkit', [
        ['1.0', '2024-01-01T00:00:00.000Z', simple('12.4')],
      ]),
      gate: 'region',
    },
  ]
}

type Build = (shelf: Shelf) => BuiltImage
type Release = keyof typeof cudaReleases

/** A repository of which each image is the tag's own layer on the common ones. */
export function offer(
  path: string,
  displayName: string,
  tags: readonly (readonly [tag: string, updated: string | undefined, build: Build])[],
): SandboxRepository {
  return {
    path,
    displayName,
    shortDescription: `${displayName}, as the sandbox has it.`,
    description: plainDescription(path, displayName),
    publisher: 'NVIDIA',
    isPublic: true,
    tags: tags.map(([tag, updated, build]) => ({ tag, build, ...(updated && { updated }) })),
  }
}

interface SimpleOptions {
  readonly architecture?: string
  readonly sizeBytes?: number
  readonly compression?: LayerCompression
  readonly format?: 'oci' | 'docker'
}

/** An image for one platform. */
export function simple(release: Release, options: SimpleOptions = {}): Build {
  return (shelf) => {
    const image = platformImage(shelf, cudaReleases[release], options)
    return { root: image.manifest, images: [image] }
  }
}

/** An index of two platforms with attestations. */
function multi(release: Release): Build {
  return (shelf) => {
    const children = ['amd64', 'arm64'].map((architecture) =>
      platformImage(shelf, cudaReleases[release], { architecture, format: 'oci' }),
    )
    const made = makeIndex({ children, attestations: true })
    return { root: made.index, images: [...made.children, ...made.attestations] }
  }
}

/** All that some images of 2017 have: a manifest of the schema that was given up in 2015. */
const schema1: Build = () => {
  const mediaType = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
  const root = publish(mediaType, {
    schemaVersion: 1,
    name: 'nvidia/caffe',
    tag: '17.03',
    architecture: 'amd64',
    fsLayers: [],
    history: [],
    signatures: [],
  })
  return { root, images: [] }
}

function platformImage(shelf: Shelf, cuda: CudaRelease, options: SimpleOptions): MadeImage {
  const { architecture = 'amd64', sizeBytes = 450_000, compression = 'gzip' } = options
  return makeImage({
    format: options.format ?? 'docker',
    platform: { os: 'linux', architecture },
    layers: [
      systemLayer(shelf, 'ubuntu22.04', architecture),
      shelf.layer({
        seed: `tools-${cuda.version}-${architecture}-${compression}-${sizeBytes}`,
        sizeBytes,
        compression,
      }),
    ],
    env: cudaEnvironment(cuda),
    labels: { maintainer: 'sandbox' },
    entrypoint: ['/opt/nvidia/hello'],
  })
}
