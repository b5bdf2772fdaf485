import { createHash } from 'node:crypto'
import { makeImage, makeLayer, type MadeImage } from '../../main/sandbox/image.ts'
import { output } from './engines.ts'
import { amd64 } from './made-tarball.ts'

/** The digest of what a registry has under a name, as skopeo gets it. */
export const inspect = async (name: string, ...options: string[]): Promise<string> => {
  const raw = await output('skopeo', [
    'inspect',
    '--raw',
    '--tls-verify=false',
    ...options,
    `docker://${name}`,
  ])
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`
}

/** Layers of 200 kB that no other image has. */
export function practice(seed: string, layers = 2): MadeImage {
  return makeImage({
    platform: amd64,
    layers: Array.from({ length: layers }, (_, number) =>
      makeLayer({ seed: `${seed} ${number}`, sizeBytes: 200_000 }),
    ),
  })
}
