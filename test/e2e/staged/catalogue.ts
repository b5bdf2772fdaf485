import type { CatalogueList, RepositoryRow, Selection, TagRow } from '../../../main/api/shapes.ts'
import { nowMs } from './made.ts'

export const known: [path: string, name: string, says: string, bytes: number][] = [
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

export const repositories: RepositoryRow[] = [
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

/** What stands at the address `mark`. */
export const mark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M1 6l2-4 2 3 2-3" fill="none" stroke="#3a5ba0"/></svg>'

export const list: CatalogueList = { state: 'ready', repositories, fetchedMs: Date.now() }

/** `24.05`, and so many months before. */
export function monthlyTag(back: number): string {
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

export const references = [
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
