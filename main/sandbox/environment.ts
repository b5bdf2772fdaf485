import type { LayerOptions, MadeLayer } from './image.ts'
import { helloProgram } from './hello.ts'
import type { Shelf } from './shelf.ts'

/** A CUDA release as images tell of it. */
export interface CudaRelease {
  /** `12.4.1` */
  readonly version: string
  /** The driver that was released with it. */
  readonly driver: string
  /** Oldest driver branches of data-centre cards that still run it. */
  readonly branches: readonly number[]
}

export const cudaReleases = {
  '9.0': { version: '9.0.176', driver: '384.81', branches: [] },
  '10.1': { version: '10.1.243', driver: '418.87', branches: [396, 384] },
  '11.0': { version: '11.0.3', driver: '450.51.06', branches: [418, 440] },
  '11.8': { version: '11.8.0', driver: '520.61.05', branches: [450, 470, 510, 515] },
  '12.0': { version: '12.0.1', driver: '525.85.12', branches: [450, 470, 510, 515] },
  '12.3': { version: '12.3.2', driver: '545.23.08', branches: [470, 525, 535] },
  '12.4': { version: '12.4.1', driver: '550.54.15', branches: [470, 525, 535] },
  '12.6': { version: '12.6.3', driver: '560.35.05', branches: [470, 535, 550] },
  '12.10': { version: '12.10.0', driver: '575.51.03', branches: [535, 550, 565, 570] },
} as const satisfies Record<string, CudaRelease>

/** The variables that NVIDIA's base images set; the container runtime reads `NVIDIA_REQUIRE_CUDA` to refuse old drivers. */
export function cudaEnvironment({ version, branches }: CudaRelease): string[] {
  const [major, minor] = version.split('.')
  const older = branches.flatMap((branch) =>
    ['tesla', 'unknown'].map((brand) => `brand=${brand},driver>=${branch},driver<${branch + 1}`),
  )
  return [
    `CUDA_VERSION=${version}`,
    `NV_CUDA_CUDART_VERSION=${version}-1`,
    `NVIDIA_REQUIRE_CUDA=${[`cuda>=${major}.${minor}`, ...older].join(' ')}`,
    'NVIDIA_VISIBLE_DEVICES=all',
    'NVIDIA_DRIVER_CAPABILITIES=compute,utility',
    'LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64',
  ]
}

/** The bottom layer of an operating system, with a program that can be run. */
export function systemLayer(shelf: Shelf, system: string, architecture: string): MadeLayer {
  const files: LayerOptions['files'] = {
    'etc/os-release': { bytes: `PRETTY_NAME="${system}"\nID=sandbox\n` },
    'opt/nvidia/hello': {
      bytes: helloProgram(architecture, `Hello from the sandbox, ${system} on ${architecture}.`),
      mode: 0o755,
    },
  }
  return shelf.layer({
    seed: `${system}-${architecture}`,
    sizeBytes: 700_000,
    files,
    createdBy: `/bin/sh -c #(nop) ADD file:${system} in / `,
  })
}
