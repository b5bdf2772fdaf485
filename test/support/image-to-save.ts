import { tarballName } from '../../main/archive/name.ts'
import type { ImageToSave } from '../../main/plan/plan.ts'
import { parseReference } from '../../main/registry/reference.ts'
import type { MadeImage } from '../../main/sandbox/image.ts'
import { amd64, layoutOf } from './made-tarball.ts'

/** A made image as a plan would have it. */
export function imageToSave(image: MadeImage, tag = '1'): ImageToSave {
  const reference = parseReference(`nvidia/practice:${tag}`)
  const layout = layoutOf(image, `nvcr.io/nvidia/practice:${tag}`)
  return {
    reference,
    platform: 'linux/amd64',
    digest: layout.digest,
    sizeBytes: layout.sizeBytes,
    notes: [],
    state: 'new',
    name: tarballName(reference, amd64),
    fetchBytes: 0,
    image: {
      platform: amd64,
      manifest: image.manifest,
      config: image.config,
      layers: image.layers.map(({ descriptor }) => descriptor),
      extras: [],
    },
    layout,
    stateEntry: { repository: 'nvidia/practice', tag, changeKey: '' },
  }
}
