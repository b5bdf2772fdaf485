import type { Digest } from '../registry/reference.ts'
import { makeLayer, type LayerOptions, type MadeLayer } from './layer.ts'

/**
 * Makes each layer once to know its digest, and again when its bytes are asked for and no longer at hand: all images
 * of the sandbox together are larger than a demo should take of memory. A seed must mean one layer only.
 */
export class Shelf {
  readonly #layers = new Map<string, MadeLayer>()
  readonly #bytes = new Map<Digest, Uint8Array>()
  #heldBytes = 0

  layer(options: LayerOptions): MadeLayer {
    const known = this.#layers.get(options.seed)
    if (known) return known
    const made = makeLayer(options)
    const { descriptor } = made
    const bytes = (): Uint8Array => this.#bytes.get(descriptor.digest) ?? this.#make(options)
    const layer: MadeLayer = {
      descriptor,
      diffId: made.diffId,
      createdBy: made.createdBy,
      get bytes() {
        return bytes()
      },
    }
    this.#layers.set(options.seed, layer)
    this.#hold(made)
    return layer
  }

  #make(options: LayerOptions): Uint8Array {
    const made = makeLayer(options)
    this.#hold(made)
    return made.bytes
  }

  /** Keeps the newest; the oldest go until all fit. */
  #hold(made: MadeLayer): void {
    this.#bytes.set(made.descriptor.digest, made.bytes)
    this.#heldBytes += made.bytes.length
    for (const [digest, bytes] of this.#bytes) {
      if (this.#heldBytes <= MOST_BYTES) break
      this.#bytes.delete(digest)
      this.#heldBytes -= bytes.length
    }
  }
}

const MOST_BYTES = 64 * 1024 * 1024
