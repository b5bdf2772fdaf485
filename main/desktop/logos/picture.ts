/**
 * The media type of a picture, by its bytes: PNG, JPEG, GIF, WebP or SVG. Undefined for all else, and for one that would
 * take more than 16 MB of memory when it is drawn, as few bytes as it may have.
 */
export function pictureType(bytes: Uint8Array): string | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const raster = pngSize(data) ?? gifSize(data) ?? webpSize(data) ?? jpegSize(data)
  if (raster) return raster.width * raster.height <= MOST_PIXELS ? raster.type : undefined
  return isSvg(data) ? 'image/svg+xml' : undefined
}

const MOST_PIXELS = 4_194_304

type Raster = { type: string; width: number; height: number } | undefined

/** Portable Network Graphics, 5.2 and 11.2.1: the signature, then the header. */
function pngSize(data: Buffer): Raster {
  if (data.length < 24 || data.readBigUInt64BE() !== 0x89504e470d0a1a0an) return undefined
  return { type: 'image/png', width: data.readUInt32BE(16), height: data.readUInt32BE(20) }
}

function gifSize(data: Buffer): Raster {
  if (data.length < 10 || !/^GIF8[79]a$/.test(data.toString('latin1', 0, 6))) return undefined
  return { type: 'image/gif', width: data.readUInt16LE(6), height: data.readUInt16LE(8) }
}

/** RFC 9649: the canvas of the extended form, or the frame of the lossy or the lossless one. */
function webpSize(data: Buffer): Raster {
  if (data.length < 30 || data.toString('latin1', 0, 4) !== 'RIFF') return undefined
  const type = 'image/webp'
  switch (data.toString('latin1', 8, 16)) {
    case 'WEBPVP8X':
      return { type, width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 }
    case 'WEBPVP8 ':
      return { type, width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff }
    case 'WEBPVP8L': {
      const bits = data.readUInt32LE(21)
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    default:
      return undefined
  }
}

/** ITU T.81, B.1.1: segments, each with its length, up to the one that begins a frame. */
function jpegSize(data: Buffer): Raster {
  if (data.length < 4 || data.readUInt16BE() !== 0xffd8) return undefined
  for (let at = 2; at + 9 <= data.length; at += 2 + data.readUInt16BE(at + 2)) {
    const marker = data.readUInt16BE(at)
    if (marker < 0xffc0 || marker === 0xffff) return undefined
    const isFrame = marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (!isFrame) continue
    return {
      type: 'image/jpeg',
      width: data.readUInt16BE(at + 7),
      height: data.readUInt16BE(at + 5),
    }
  }
  return undefined
}

/** Nothing but a prologue stands before its element. Entities, which could blow it up, are not needed by any. */
function isSvg(data: Buffer): boolean {
  const text = data.toString('utf8')
  return (
    /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*|<!DOCTYPE svg[^>[]*>\s*)*<svg[\s>]/.test(
      text,
    ) &&
    !text.includes('<!ENTITY') &&
    !text.includes('\0')
  )
}
