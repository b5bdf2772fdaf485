import type {
  EngineRow,
  ImageRecord,
  LibraryImage,
  LibraryRow,
  LibraryView,
} from '../../../main/api/shapes.ts'
import { known, monthlyTag } from './catalogue.ts'
import { nowMs, digest, minutesAgo } from './made.ts'
import { stick } from './places.ts'
import { layers } from './transfers.ts'

/** Most are well; the others stand far enough apart to be of different repositories. */
function statusOf(index: number): LibraryRow['status'] {
  if (index % 17 === 4) return 'partial'
  if (index % 31 === 8) return 'torn'
  return index % 23 === 11 ? 'foreign' : 'complete'
}

const records: ImageRecord[] = [
  { atMs: minutesAgo(3000), what: 'saved', ok: true, version: '0.1.0' },
  { atMs: minutesAgo(2990), what: 'verified', ok: true, version: '0.1.0' },
  {
    atMs: minutesAgo(40),
    what: 'loaded',
    ok: false,
    version: '0.1.0',
    detail: 'Docker 20.10.24: Docker 20.10.24 stopped answering.',
  },
  { atMs: minutesAgo(30), what: 'loaded', ok: true, version: '0.1.0', detail: 'Docker 20.10.24' },
]

export const library: LibraryView = {
  place: stick,
  rows: Array.from({ length: 500 }, (_, index) => {
    const [path, , , sizeBytes] = known[index % known.length] ?? ['nvidia/image', '', '', 0]
    const status = statusOf(index)
    const tag = `${monthlyTag(Math.floor(index / known.length))}-py3`
    return {
      id: String(index),
      file:
        status === 'foreign'
          ? `saved-by-hand-${index}.tar`
          : `nvcr.io_${path.replaceAll('/', '_')}_${tag}_linux-amd64.tar`,
      ...(status !== 'foreign' && {
        reference: `nvcr.io/${path}:${tag}`,
        platform: 'linux/amd64',
        digest: digest(index),
      }),
      sizeBytes,
      savedMs: nowMs - index * 3_600_000,
      ...(index % 3 === 0 &&
        status === 'complete' && { verified: { atMs: minutesAgo(30), ok: true } }),
      ...(status === 'torn' && { verified: { atMs: minutesAgo(30), ok: false } }),
      status,
      ...(index === 0 && { records }),
    }
  }),
  totalBytes: 118_000_000_000,
  sharedBytes: 61_000_000_000,
  problems: [
    {
      file: 'nvcr.io_nvidia_cuda_23.08-py3_linux-amd64.tar',
      detail: 'It ends too early: 210 MB are missing.',
    },
  ],
}

export const docker: EngineRow = {
  id: 'docker',
  kind: 'docker',
  name: 'Docker 20.10.24',
  origin: 'Docker',
  address: '/var/run/docker.sock',
  storage: '/var/lib/docker (overlay2)',
  freeBytes: 81_000_000_000,
}

export const image: LibraryImage = {
  ...(library.rows[0] ?? { id: '0', file: 'x.tar', sizeBytes: 0, status: 'complete' }),
  layers: layers.slice(0, 24).map(({ digest: name, sizeBytes }, index) => ({
    digest: name,
    sizeBytes: sizeBytes * (index % 7 === 0 ? 8 : 1),
    createdBy:
      'RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends build-essential python3 && rm -rf /var/lib/apt/lists/*',
  })),
  history: [],
  created: '2024-05-10T08:00:00Z',
  env: [
    'PATH=/usr/local/nvidia/bin:/usr/local/cuda/bin:/usr/bin:/bin',
    'CUDA_VERSION=12.4.1',
    'NVIDIA_REQUIRE_CUDA=cuda>=9.0',
  ],
  entrypoint: ['/opt/nvidia/nvidia_entrypoint.sh'],
  command: ['bash'],
  labels: { 'com.nvidia.build.id': '92342134', 'org.opencontainers.image.ref.name': 'ubuntu' },
  cuda: {
    version: '12.4.1',
    requires: 'cuda>=12.4 brand=tesla,driver>=470,driver<471 brand=tesla,driver>=525,driver<526',
    needs:
      'Needs an NVIDIA driver for CUDA 12.4, that is 550.54.14 or later on Linux; on data centre cards also one of the branches 470, 525.',
  },
  unpackedBytes: 21_400_000_000,
  loadsIn: [
    {
      engine: 'Docker 20.10',
      ok: false,
      why: 'Its layers are compressed with zstd, which Docker reads from version 23.',
    },
    { engine: 'Docker 25 and later', ok: true },
    { engine: 'Podman', ok: true },
    { engine: 'containerd, k3s', ok: true },
  ],
  loadCommands: [
    'docker load -i',
    'podman load -i',
    'ctr images import',
    'k3s ctr images import',
  ].map((command) => ({
    engine: command.split(' ')[0] ?? '',
    command: `${command} /media/operator/KINGSTON/nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar`,
  })),
  problems: [],
}
