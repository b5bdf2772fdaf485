import { Readable } from 'node:stream'
import { layoutTarball } from '../../main/archive/layout.ts'
import { writeTarball } from '../../main/archive/write.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'

// Run under `ulimit -f`: without a listener the system ends a process that meets the limit.
process.on('SIGXFSZ', () => undefined)

const layer = makeLayer({ seed: 'limited', sizeBytes: 1_600_000 })
const image = makeImage({ platform: { os: 'linux', architecture: 'amd64' }, layers: [layer] })
const layout = layoutTarball(
  { ...image, layers: [layer.descriptor], extras: [] },
  'nvcr.io/nvidia/practice:limited',
)
await writeTarball(
  {
    layout,
    folder: process.argv[2] ?? '',
    name: 'practice.tar',
    openBlob: async () => Readable.from([layer.bytes]),
  },
  new AbortController().signal,
)
