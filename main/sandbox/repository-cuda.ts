import { cudaEnvironment, cudaReleases, systemLayer, type CudaRelease } from './environment.ts'
import { cudaDescription } from './descriptions.ts'
import { makeImage, makeIndex, type MadeImage } from './image.ts'
import type { BuiltImage, SandboxRepository, SandboxTag } from './repository.ts'
import type { Shelf } from './shelf.ts'

/** `nvidia/cuda`: indexes of two platforms with attestations; flavours of one version build on each other. */
export function cudaRepository(): SandboxRepository {
  const tags = releases.flatMap(([release, updated]) =>
    systems.flatMap((system) =>
      flavours.map((flavour): SandboxTag => ({
        tag: `${release.version}-${flavour}-${system}`,
        updated,
        isSigned: release === cudaReleases['12.10'] && flavour === 'base',
        build: (shelf) => build(shelf, release, system, flavour),
      })),
    ),
  )
  return {
    path: 'nvidia/cuda',
    displayName: 'CUDA',
    shortDescription: 'CUDA is a parallel computing platform and programming model for GPUs.',
    description: cudaDescription,
    publisher: 'NVIDIA',
    isPublic: true,
    tags,
  }
}

const releases: readonly (readonly [CudaRelease, updated: string])[] = [
  [cudaReleases['11.8'], '2022-10-04T09:12:31.402Z'],
  [cudaReleases['12.4'], '2024-04-11T18:03:55.120Z'],
  [cudaReleases['12.6'], '2024-11-21T07:44:10.908Z'],
  [cudaReleases['12.10'], '2025-06-03T15:20:02.771Z'],
]
const systems = ['ubuntu22.04', 'ubi8'] as const
const flavours = ['base', 'runtime', 'devel'] as const
type Flavour = (typeof flavours)[number]

function build(shelf: Shelf, release: CudaRelease, system: string, flavour: Flavour): BuiltImage {
  const children = ['amd64', 'arm64'].map((architecture) =>
    platformImage(shelf, release, system, flavour, architecture),
  )
  const made = makeIndex({ children, attestations: true })
  return { root: made.index, images: [...made.children, ...made.attestations] }
}

function platformImage(
  shelf: Shelf,
  release: CudaRelease,
  system: string,
  flavour: Flavour,
  architecture: string,
): MadeImage {
  const step = (name: Flavour, sizeBytes: number) =>
    shelf.layer({
      seed: `cuda-${release.version}-${name}-${system}-${architecture}`,
      sizeBytes,
      createdBy: `RUN |1 TARGETARCH=${architecture} /bin/sh -c install cuda-${name}-${release.version} # buildkit`,
    })
  const steps = [step('base', 150_000), step('runtime', 400_000), step('devel', 600_000)]
  return makeImage({
    platform: { os: 'linux', architecture },
    layers: [
      systemLayer(shelf, system, architecture),
      ...steps.slice(0, flavours.indexOf(flavour) + 1),
    ],
    env: [`NVARCH=${architecture === 'arm64' ? 'sbsa' : 'x86_64'}`, ...cudaEnvironment(release)],
    labels: {
      maintainer: 'NVIDIA CORPORATION <cudatools@nvidia.com>',
      'org.opencontainers.image.ref.name': system,
    },
    entrypoint: ['/opt/nvidia/hello'],
  })
}
