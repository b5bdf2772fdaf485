import type {
  CatalogueList,
  EngineRow,
  ImageRecord,
  LibraryImage,
  LibraryRow,
  LibraryView,
  Place,
  PlanView,
  RepositoryRow,
  Selection,
  Settings,
  TagRow,
  TransferRow,
  TransfersView,
} from '../../main/api/shapes.ts'
import { findingsOf, type PlanFacts } from '../../main/desktop/findings.ts'
import { isRunning } from '../../renderer/views/transfers/phase.ts'
import type { Answers } from './stage.ts'

/** Values as main would send them, for the faces of the window: busy, long, failed. */

const nowMs = Date.parse('2024-05-20T12:00:00Z')
const digest = (number: number) =>
  `sha256:${String(number % 10).repeat(60)}${String(1000 + number).slice(-4)}`
const minutesAgo = (minutes: number) => nowMs - minutes * 60_000

const known: [path: string, name: string, says: string, bytes: number][] = [
  [
    'nvidia/pytorch',
    'PyTorch',
    'Tensors and dynamic neural networks with GPU acceleration',
    9_120_000_000,
  ],
  [
    'nvidia/tensorflow',
    'TensorFlow',
    'An open-source platform for machine learning',
    6_950_000_000,
  ],
  ['nvidia/cuda', 'CUDA', 'The toolkit, its libraries and its runtime', 3_270_000_000],
  ['nvidia/tensorrt', 'TensorRT', 'Optimises and runs trained networks', 4_030_000_000],
  [
    'nvidia/tritonserver',
    'Triton Inference Server',
    'Serves models of every framework',
    8_400_000_000,
  ],
  [
    'nvidia/clara/monai-toolkit',
    'MONAI Toolkit',
    'A framework for medical imaging, with notebooks',
    11_200_000_000,
  ],
  ['nvidia/rapidsai/base', 'RAPIDS', 'Data science on GPUs', 4_730_000_000],
  [
    'nim/meta/llama3-8b-instruct',
    'Llama 3 8B Instruct',
    'A NIM; its image holds no model weights',
    5_880_000_000,
  ],
  [
    'nvidia/a-very-long-team-name/an-image-with-a-name-that-does-not-fit-anywhere',
    'An image whose display name is so long that it cannot fit in any column',
    'And a short description that is not short at all, to see where it is cut and whether it pushes anything aside',
    345_000_000,
  ],
]

const repositories: RepositoryRow[] = [
  ...known.map(([path, displayName, shortDescription, latestSizeBytes], index) => ({
    path,
    displayName,
    shortDescription,
    latestSizeBytes,
    publisher: path.startsWith('nim') ? 'Meta' : 'NVIDIA',
    latestTag: '24.05-py3',
    updated: '2024-05-12T09:00:00Z',
    isSigned: index % 3 !== 2,
    ...(index % 3 === 0 && { logo: 'mark' }),
    isPrivate: index === 7,
    isMultiArchitecture: true,
  })),
  ...Array.from({ length: 4991 }, (_, index) => ({
    path: `nvidia/sample-${index}`,
    displayName: `Sample ${index}`,
    shortDescription: 'One of many',
    publisher: 'NVIDIA',
    latestTag: `1.${index}`,
    latestSizeBytes: 100_000_000 + index * 1_234_567,
    updated: '2023-11-02T09:00:00Z',
    isSigned: false,
    isPrivate: false,
    isMultiArchitecture: false,
  })),
]

const mark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M1 6l2-4 2 3 2-3" fill="none" stroke="#3a5ba0"/></svg>'

export const list: CatalogueList = { state: 'ready', repositories, fetchedMs: Date.now() }

/** `24.05`, and so many months before. */
function monthlyTag(back: number): string {
  const month = 5 - back
  const year = Math.max(0, 24 + Math.floor((month - 1) / 12))
  const inYear = ((((month - 1) % 12) + 12) % 12) + 1
  return `${String(year).padStart(2, '0')}.${String(inYear).padStart(2, '0')}`
}

export const tags: TagRow[] = Array.from({ length: 640 }, (_, index) => {
  return {
    tag: index < 200 ? `${monthlyTag(index)}-py3` : `r32.${index}`,
    updated: new Date(nowMs - index * 30 * 86_400_000).toISOString(),
    sizeBytes: 9_120_000_000 - index * 10_000_000,
    platforms: index % 4 === 3 ? ['linux/amd64'] : ['linux/amd64', 'linux/arm64'],
    isSigned: index < 20,
  }
})

const references = [
  'nvidia/pytorch:24.05-py3',
  'nvidia/tensorrt:24.05-py3',
  'nvidia/cuda:12.4.1-base-ubuntu22.04',
].map((rest) => `nvcr.io/${rest}`)

export const picked: Selection = {
  items: references.map((reference) => ({ reference, state: 'measured' })),
  platform: 'linux/amd64',
  fetchBytes: 21_400_000_000,
  sharedBytes: 6_200_000_000,
}

export const stick: Place = {
  grant: 'g-stick',
  label: '/media/operator/KINGSTON',
  drive: {
    name: 'KINGSTON',
    fileSystem: 'FAT32',
    isRemovable: true,
    isNetwork: false,
    isReadOnly: false,
    totalBytes: 256_000_000_000,
    freeBytes: 124_000_000_000,
    largestFileBytes: 4_294_967_295,
  },
}
const small: Place = {
  grant: 'g-small',
  label: '/media/operator/A drive with a very long label on it',
  drive: {
    name: 'A drive with a very long label on it',
    fileSystem: 'FAT32',
    isRemovable: true,
    isNetwork: false,
    isReadOnly: false,
    totalBytes: 16_000_000_000,
    freeBytes: 12_000_000_000,
    largestFileBytes: 4_294_967_295,
  },
}
const folder: Place = {
  grant: 'g-folder',
  label: '/home/operator/exports/2024/may/for the far side',
}

/** Of the plan below; what they lead to is said by main itself. */
const facts: PlanFacts = {
  name: 'KINGSTON',
  isWritable: true,
  isNetwork: false,
  isRemovable: true,
  freeBytes: 124_000_000_000,
  totalBytes: 256_000_000_000,
  writeBytes: 13_150_000_000,
  missingBytes: 0,
  parts: { because: 'FAT32 holds', largestBytes: 4_294_967_295, images: 1 },
  toSave: 2,
  present: 1,
  savedElsewhere: 1,
  failed: 0,
}

export const plan: PlanView = {
  id: 'plan-1',
  place: stick,
  rows: [
    {
      reference: references[0] ?? '',
      platform: 'linux/amd64',
      state: 'new',
      sizeBytes: 9_120_000_000,
      fetchBytes: 9_120_000_000,
      digest: digest(1),
      notes: [],
    },
    {
      reference: references[1] ?? '',
      platform: 'linux/amd64',
      state: 'changed',
      sizeBytes: 4_030_000_000,
      fetchBytes: 1_310_000_000,
      digest: digest(2),
      notes: ['Was published again since it was saved'],
    },
    {
      reference: references[2] ?? '',
      platform: 'linux/amd64',
      state: 'present',
      sizeBytes: 345_000_000,
      fetchBytes: 0,
      digest: digest(3),
      notes: [],
    },
  ],
  writeBytes: 13_150_000_000,
  fetchBytes: 10_430_000_000,
  sharedBytes: 2_720_000_000,
  freeBytes: 124_000_000_000,
  missingBytes: 0,
  findings: findingsOf(facts),
  estimate: {
    seconds: 1096,
    bottleneck: 'drive',
    lineBytesPerSecond: 40_000_000,
    driveBytesPerSecond: 12_000_000,
  },
}

export const tightPlan: PlanView = {
  ...plan,
  place: small,
  freeBytes: 12_000_000_000,
  missingBytes: 6_400_000_000,
  writeBytes: 18_400_000_000,
  findings: findingsOf({
    ...facts,
    name: small.drive?.name ?? '',
    freeBytes: 12_000_000_000,
    totalBytes: 16_000_000_000,
    writeBytes: 18_400_000_000,
    missingBytes: 6_400_000_000,
  }),
}

function transfer(id: string, reference: string, part: Partial<TransferRow>): TransferRow {
  return {
    id,
    reference,
    platform: 'linux/amd64',
    place: stick,
    phase: 'waiting',
    sizeBytes: 8_900_000_000,
    writtenBytes: 0,
    durableBytes: 0,
    fetchedBytes: 0,
    layers: [],
    ...part,
  }
}

const layers = Array.from({ length: 60 }, (_, index) => {
  const sizeBytes = 30_000_000 + ((index * 7919) % 97) * 4_000_000
  return {
    digest: digest(index),
    sizeBytes,
    doneBytes: index < 38 ? sizeBytes : index < 42 ? sizeBytes / 2 : 0,
  }
})

const rows: TransferRow[] = [
  transfer('1', references[0] ?? '', {
    phase: 'downloading',
    writtenBytes: 6_100_000_000,
    durableBytes: 5_700_000_000,
    fetchedBytes: 6_100_000_000,
    bytesPerSecond: 84_000_000,
    secondsLeft: 240,
    layers,
  }),
  transfer('2', references[1] ?? '', {
    phase: 'flushing',
    sizeBytes: 4_030_000_000,
    writtenBytes: 4_030_000_000,
    durableBytes: 3_820_000_000,
    fetchedBytes: 4_030_000_000,
    bytesPerSecond: 12_000_000,
    secondsLeft: 18,
    layers: layers.slice(0, 9),
  }),
  transfer('3', references[2] ?? '', {
    phase: 'verifying',
    sizeBytes: 345_000_000,
    writtenBytes: 345_000_000,
    durableBytes: 345_000_000,
    verifiedBytes: 120_000_000,
  }),
  transfer(
    '4',
    'nvcr.io/nvidia/a-very-long-team-name/an-image-with-a-name-that-does-not-fit-anywhere:24.05-with-a-long-tag',
    { place: folder },
  ),
  transfer('5', 'nvcr.io/nvidia/tensorflow:24.05-tf2-py3', {
    phase: 'paused',
    writtenBytes: 2_000_000_000,
    durableBytes: 2_000_000_000,
    layers: layers.slice(0, 3),
  }),
  transfer('6', 'nvcr.io/nvidia/rapidsai/base:24.04', {
    phase: 'failed',
    writtenBytes: 1_000_000_000,
    durableBytes: 1_000_000_000,
    failure: {
      code: 'denied',
      message: 'NVIDIA wants its terms accepted before rapidsai/base may be pulled.',
      hint: 'Open its page, accept them, then retry.',
      ways: ['open-page', 'retry'],
      page: 'https://catalog.ngc.nvidia.com/',
    },
  }),
  transfer('7', 'nvcr.io/nvidia/tritonserver:24.05-py3', {
    phase: 'done',
    writtenBytes: 8_900_000_000,
    durableBytes: 8_900_000_000,
    file: 'tritonserver_24.05-py3.tar',
  }),
]

export const running: TransfersView = {
  rows,
  totalBytes: 46_000_000_000,
  doneBytes: 23_400_000_000,
  bytesPerSecond: 84_000_000,
  secondsLeft: 540,
  speedHistory: Array.from(
    { length: 118 },
    (_, index) => 60e6 + 30e6 * Math.sin(index / 9) + 8e6 * Math.sin(index / 2),
  ),
  isPaused: false,
  safe: [],
  isOffline: false,
}

/** What ran waits; there is no speed while nothing moves. */
const still = without(running)
const waiting = running.rows.map((row): TransferRow =>
  isRunning(row.phase) ? { ...without(row), phase: 'waiting' } : row,
)

function without<Moving extends { bytesPerSecond?: number; secondsLeft?: number }>({
  bytesPerSecond: _speed,
  secondsLeft: _time,
  ...rest
}: Moving): Omit<Moving, 'bytesPerSecond' | 'secondsLeft'> {
  return rest
}

export const offline: TransfersView = { ...still, rows: waiting, isOffline: true }

export const occupied: TransfersView = {
  ...still,
  rows: waiting.slice(0, 2).map((row) => ({
    ...row,
    waitsFor: 'Another run is writing into /media/operator/KINGSTON (process 4711 on workbench).',
  })),
}

export const full: TransfersView = {
  ...still,
  rows: waiting.slice(0, 1).map((row) => ({
    ...row,
    phase: 'full',
    failure: {
      code: 'no-space',
      message: 'The drive is full: 2.80 GB are missing. Nothing is lost.',
      hint: 'Free some space there, and it goes on by itself.',
      ways: ['choose-folder'],
    },
  })),
}

export const finished: TransfersView = {
  rows: references.map((reference, index) =>
    transfer(String(index), reference, {
      phase: 'done',
      sizeBytes: plan.rows[index]?.sizeBytes ?? 0,
      file: `image-${index}.tar`,
    }),
  ),
  totalBytes: 13_495_000_000,
  doneBytes: 13_495_000_000,
  speedHistory: [],
  isPaused: false,
  safe: [{ place: stick, canEject: true }],
  isOffline: false,
}

export const idle: TransfersView = {
  rows: [],
  totalBytes: 0,
  doneBytes: 0,
  speedHistory: [],
  isPaused: false,
  safe: [],
  isOffline: false,
}

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

export const settings: Settings = {
  theme: 'system',
  projects: ['nvidia', 'nim'],
  platform: 'linux/amd64',
  source: 'registry',
  jobs: 2,
  connections: 8,
  verifyAfterWrite: 'removable',
  proxy: '',
  extraCertificates: [
    { id: 'c1', name: 'company-root.pem', subject: 'CN=Company Root CA, O=Company' },
  ],
  logsFolder: '/home/operator/.config/ngc-replicator/logs',
  canKeepKeys: false,
}

/** Everything answered, nothing going on. */
export const calm: Answers = {
  'app.about': {
    version: '0.1.0',
    electron: '45.4.1',
    chromium: '150.0',
    node: '24.21.0',
    platform: 'linux-x64',
    runtime: 'packaged',
  },
  'notices.list': [],
  'session.get': { kind: 'guest' },
  'settings.get': settings,
  'catalogue.get': list,
  'catalogue.repository': {
    ...(repositories[0] ?? {
      path: '',
      isSigned: false,
      isPrivate: false,
      isMultiArchitecture: false,
    }),
    page: 'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch',
    description:
      '# PyTorch\n\nA GPU accelerated tensor framework.\n\n<script>window.hostile = 1</script><img src=x onerror="window.hostile = 2">\n\n[bad](javascript:window.hostile=3) and [good](https://docs.nvidia.com/)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\ndocker run --gpus all -it --rm nvcr.io/nvidia/pytorch:24.05-py3\n```\n\n- one\n- two\n',
  },
  'catalogue.tags': { tags },
  'catalogue.logo': `data:image/svg+xml,${encodeURIComponent(mark)}`,
  'selection.get': picked,
  'selection.add': undefined,
  'selection.remove': undefined,
  'selection.preview': { references, failures: [] },
  'selection.parse': { references, unknown: ['hello world'] },
  'places.get': { drives: [stick, small], recent: [folder] },
  'plan.make': plan,
  'transfers.get': idle,
  'library.open': library,
  'library.image': image,
  'library.fitness': { state: 'no-driver' },
  'engines.find': {
    engines: [docker],
    problems: [],
    looked: ['Podman at /run/podman/podman.sock'],
  },
  'push.defaults': { to: '', username: '', isInsecureAllowed: false, hasPassword: false },
  'delivery.get': { state: 'none' },
}
