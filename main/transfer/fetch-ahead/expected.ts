import type { Digest } from '../../registry/reference.ts'
import { Flow, type BlobToFetch } from './flow.ts'

/** The blobs of one image that were not asked for yet, in its order, and those that were asked for ahead. */
export interface ExpectedImage {
  readonly blobs: BlobToFetch[]
  /** Whether a digest still has to come over the line. */
  readonly isNeeded: (digest: Digest) => boolean
  readonly flows: Flow[]
}

/** What images are going to open. */
export class Expected {
  readonly #images = new Set<ExpectedImage>()

  get isEmpty(): boolean {
    return this.#images.size === 0
  }

  add(blobs: readonly BlobToFetch[], isNeeded: (digest: Digest) => boolean): ExpectedImage {
    const image = { blobs: [...blobs], isNeeded, flows: [] }
    this.#images.add(image)
    return image
  }

  remove(image: ExpectedImage): void {
    this.#images.delete(image)
  }

  /** A flow for the next blob that is needed and may be asked for; what is passed over is not asked for ahead any more. */
  next(mayBeAsked: (blob: BlobToFetch) => boolean): Flow | undefined {
    for (const { blobs, isNeeded, flows } of this.#images) {
      for (let blob = blobs.shift(); blob !== undefined; blob = blobs.shift()) {
        if (!isNeeded(blob.descriptor.digest) || !mayBeAsked(blob)) continue
        const flow = new Flow(blob, 0)
        flows.push(flow)
        return flow
      }
    }
    return undefined
  }
}
