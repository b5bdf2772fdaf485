import { expect, test } from 'vitest'
import { pageAddress, parsePage } from '../../main/ngc/page.ts'

const digest = `sha256:${'a1'.repeat(32)}`

test.each([
  [
    'https://catalog.ngc.nvidia.com/orgs/nvidia/teams/clara/containers/monai-toolkit/tags?version=2.0',
    { path: 'nvidia/clara/monai-toolkit', tag: '2.0' },
  ],
  ['https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch', { path: 'nvidia/pytorch' }],
  ['https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch/', { path: 'nvidia/pytorch' }],
  [
    '  https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch/tags?version=24.05-py3#top ',
    { path: 'nvidia/pytorch', tag: '24.05-py3' },
  ],
  [
    'https://catalog.ngc.nvidia.com/orgs/nim/teams/meta/-/containers/llama3-8b-instruct/tags?tag=1.0.0',
    { path: 'nim/meta/llama3-8b-instruct', tag: '1.0.0' },
  ],
  [
    'https://ngc.nvidia.com/catalog/containers/nvidia:clara:monai-toolkit/tags',
    { path: 'nvidia/clara/monai-toolkit' },
  ],
  ['https://ngc.nvidia.com/catalog/containers/nvidia%3Apytorch', { path: 'nvidia/pytorch' }],
  ['http://ngc.nvidia.com/containers/nvidia:cuda', { path: 'nvidia/cuda' }],
  ['https://org.ngc.nvidia.com/orgs/acme/containers/inspection', { path: 'acme/inspection' }],
  [
    'docker pull nvcr.io/nvidia/pytorch:24.01-py3',
    { registry: 'nvcr.io', path: 'nvidia/pytorch', tag: '24.01-py3' },
  ],
  [
    '$ sudo docker pull --platform linux/arm64 nvcr.io/nvidia/cuda:12.4.1-base-ubi8',
    { registry: 'nvcr.io', path: 'nvidia/cuda', tag: '12.4.1-base-ubi8' },
  ],
  [
    'docker run --gpus all -it --rm -v /data:/data nvcr.io/nvidia/tensorrt:24.01-py3 bash',
    { registry: 'nvcr.io', path: 'nvidia/tensorrt', tag: '24.01-py3' },
  ],
  [
    `podman pull "nvcr.io/nvidia/clara/monai-toolkit@${digest}"`,
    { registry: 'nvcr.io', path: 'nvidia/clara/monai-toolkit', digest },
  ],
  [
    'singularity pull docker://nvcr.io/nvidia/pytorch:24.01-py3',
    { registry: 'nvcr.io', path: 'nvidia/pytorch', tag: '24.01-py3' },
  ],
  [
    'enroot import docker://nvcr.io#nvidia/pytorch:24.01-py3',
    { registry: 'nvcr.io', path: 'nvidia/pytorch', tag: '24.01-py3' },
  ],
  ['docker pull localhost:5000/acme/tool', { registry: 'localhost:5000', path: 'acme/tool' }],
])('reads what was pasted: %s', (text, target) => {
  expect(parsePage(text)).toEqual(target)
})

test.each([
  '',
  'nvcr.io/nvidia/pytorch:24.01-py3',
  'https://example.com/orgs/nvidia/containers/pytorch',
  'https://ngc.nvidia.com.evil.example/orgs/nvidia/containers/pytorch',
  'https://catalog.ngc.nvidia.com/orgs/nvidia/models/bert',
  'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/..%2F..%2Fetc',
  'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/%E0%A4%A',
  'https://[broken',
  'docker images',
  'docker pull pytorch',
  'docker pull nvcr.io/nvidia/../x:1',
  'rm -rf nvcr.io/nvidia/pytorch',
])('leaves to others what is neither page nor pull: %s', (text) => {
  expect(parsePage(text)).toBeUndefined()
})

test('a bad tag in a page’s address is dropped, the repository stays', () => {
  const page = 'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/cuda/tags?version=%2Fetc'
  expect(parsePage(page)).toEqual({ path: 'nvidia/cuda' })
})

test('the page of a repository reads back as that repository', () => {
  for (const path of ['nvidia/pytorch', 'nvidia/clara/monai-toolkit']) {
    expect(parsePage(pageAddress(path))).toEqual({ path })
  }
  expect(pageAddress('no path')).toBe('https://catalog.ngc.nvidia.com')
})
