import { cudaEnvironment, cudaReleases, systemLayer, type CudaRelease } from './environment.ts'
import { frameworkDescription } from './descriptions.ts'
import { emptyLayer, makeImage, makeIndex, type MadeImage, type MadeLayer } from './image.ts'
import type { BuiltImage, SandboxRepository, SandboxTag } from './repository.ts'
import type { Shelf } from './shelf.ts'

/**
 * Frameworks that are released each month. All of one month stand on the same layers, and most of these are the next
 * month's too: about four fifths of an image's bytes are already there when its predecessor is.
 */
export function frameworkRepositories(): SandboxRepository[] {
  return frameworks.map(({ name, displayName, about, tags }) => ({
    path: `nvidia/${name}`,
    displayName,
    shortDescription: about,
    description: frameworkDescription(name, displayName, about),
    publisher: 'NVIDIA',
    isPublic: true,
    tags: tags.map((tag): SandboxTag => {
      const release = parseTag(tag)
      return {
        tag,
        updated: release.updated,
        isSigned: name === 'pytorch' && release.year >= 24,
        build: (shelf) => build(shelf, name, tag, release),
      }
    }),
  }))
}

const months = (year: number, from: number, to: number, ...suffixes: string[]): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    suffixes.map((suffix) => `${year}.${`${from + index}`.padStart(2, '0')}-${suffix}`),
  ).flat()

/** `18.9-py3` was really published so: September, and not later than `18.10-py3`. */
const early = ['18.04-py2', '18.04-py3', '18.9-py3', '18.10-py2', '18.10-py3']

const frameworks = [
  {
    name: 'pytorch',
    displayName: 'PyTorch',
    about: 'PyTorch is a GPU accelerated tensor computational framework with a Python front end.',
    tags: [...early, ...months(20, 12, 12, 'py3'), ...months(22, 1, 12, 'py3')].concat(
      months(23, 1, 12, 'py3'),
      months(24, 1, 5, 'py3'),
    ),
  },
  {
    name: 'tensorflow',
    displayName: 'TensorFlow',
    about: 'TensorFlow is an open source platform for machine learning.',
    tags: [...early, ...months(20, 12, 12, 'tf1-py3', 'tf2-py3')].concat(
      months(23, 10, 12, 'tf2-py3'),
      months(24, 1, 5, 'tf2-py3'),
    ),
  },
  {
    name: 'tensorrt',
    displayName: 'TensorRT',
    about: 'TensorRT takes a trained network and makes it quick to run.',
    tags: [...months(23, 10, 12, 'py3'), ...months(24, 1, 5, 'py3')],
  },
  {
    name: 'tritonserver',
    displayName: 'Triton Inference Server',
    about: 'Triton Inference Server serves models of any framework over HTTP and gRPC.',
    tags: [...months(24, 1, 5, 'py3', 'py3-min', 'py3-sdk')],
  },
]

interface MonthlyRelease {
  readonly year: number
  readonly month: number
  readonly suffix: string
  readonly updated: string
  readonly cuda: CudaRelease
}

function parseTag(tag: string): MonthlyRelease {
  const [, yy = '', mm = '', suffix = ''] = /^(\d+)\.(\d+)-(.+)$/.exec(tag) ?? []
  const year = Number(yy)
  const month = Number(mm)
  const updated = `20${yy}-${mm.padStart(2, '0')}-27T16:05:${30 + month}.${100 + year}Z`
  return { year, month, suffix, updated, cuda: cudaOf(year, month) }
}

function cudaOf(year: number, month: number): CudaRelease {
  if (year <= 18) return cudaReleases['9.0']
  if (year <= 20) return cudaReleases['10.1']
  if (year <= 22) return cudaReleases[month <= 6 ? '11.0' : '11.8']
  if (year === 23) return cudaReleases[month <= 8 ? '12.0' : '12.3']
  return cudaReleases[month <= 2 ? '12.3' : '12.4']
}

function build(shelf: Shelf, name: string, tag: string, release: MonthlyRelease): BuiltImage {
  const amd64 = platformImage(shelf, name, tag, release, 'amd64')
  if (release.year < 24 || name !== 'pytorch') return { root: amd64.manifest, images: [amd64] }
  const children = [amd64, platformImage(shelf, name, tag, release, 'arm64')]
  const { index } = makeIndex({ children, format: 'docker' })
  return { root: index, images: children }
}

function platformImage(
  shelf: Shelf,
  name: string,
  tag: string,
  release: MonthlyRelease,
  architecture: string,
): MadeImage {
  const { year, cuda, suffix } = release
  const system = year >= 22 ? 'ubuntu22.04' : 'ubuntu18.04'
  const python = suffix.includes('py2') ? 'python2.7' : 'python3'
  const step = (
    what: string,
    sizeBytes: number,
    command = `RUN /bin/sh -c install ${what} # buildkit`,
  ) => shelf.layer({ seed: `${what}-${architecture}`, sizeBytes, createdBy: command })
  const version = `${name.toUpperCase()}_VERSION`
  return makeImage({
    format: 'docker',
    platform: { os: 'linux', architecture },
    created: release.updated,
    layers: [
      systemLayer(shelf, system, architecture),
      ...settings(`CUDA_VERSION=${cuda.version}`, `CUDA_DRIVER_VERSION=${cuda.driver}`),
      step(`cuda-${cuda.version}`, 900_000),
      ...settings('_CUDA_COMPAT_PATH=/usr/local/cuda/compat', 'NVIDIA_VISIBLE_DEVICES=all'),
      step(`cudnn-nccl-for-${cuda.version}`, 500_000),
      step(`openmpi-${system}`, 300_000),
      ...settings('OPAL_PREFIX=/opt/hpcx/ompi', 'PYTHONIOENCODING=utf-8'),
      step(`${python}-${system}-20${year}`, 400_000),
      ...settings(`${version}=${tag}`),
      step(`${name}-${tag}`, 330_000 + (((year * 12 + release.month) * 7919) % 40_000)),
      step(`${name}-${tag}-examples`, 30_000, 'COPY examples /workspace/examples # buildkit'),
    ],
    env: [
      ...cudaEnvironment(cuda),
      `CUDA_DRIVER_VERSION=${cuda.driver}`,
      `NVIDIA_${version}=${tag}`,
      `NVIDIA_BUILD_ID=${year}${release.month}0427`,
      'NVIDIA_PRODUCT_NAME=Sandbox',
    ],
    labels: {
      'com.nvidia.build.id': `${year}${release.month}0427`,
      'com.nvidia.volumes.needed': 'nvidia_driver',
      'org.opencontainers.image.ref.name': 'ubuntu',
      'org.opencontainers.image.version': system.replace('ubuntu', ''),
    },
    entrypoint: ['/opt/nvidia/hello'],
    workingDir: '/workspace',
  })
}

/** What older builders leave behind for a setting: one more empty layer. */
function settings(...names: string[]): MadeLayer[] {
  return names.map((name) => emptyLayer(`/bin/sh -c #(nop)  ENV ${name}`))
}
