/** Real container images, made and not stored: equal options give equal bytes and digests, on every machine. */
export { digestOf, emptyLayer, makeLayer, noise } from './layer.ts'
export type { LayerCompression, LayerFile, LayerOptions, MadeLayer } from './layer.ts'
export { makeImage, publish } from './made-image.ts'
export type { ImageFormat, ImageOptions, MadeImage } from './made-image.ts'
export { makeIndex } from './made-index.ts'
export type { MadeIndex } from './made-index.ts'
