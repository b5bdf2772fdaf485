import { extname, isAbsolute, join, relative } from 'node:path'

/** The address of the window's own page, and the only host of its scheme. */
export const scheme = 'app'
export const host = 'replicator'
export const origin = `${scheme}://${host}`
export const pageAddress = `${origin}/index.html`

export type Asset = { path: string; type: string }

/**
 * The file below `root` that an `app://` address means, or undefined if it means none: another host, a
 * way out of the folder however it is written, a hidden file, a type that the interface is not made of.
 */
export function assetAt(root: string, address: string): Asset | undefined {
  const segments = segmentsOf(address)
  if (!segments || segments.some((segment) => !isOrdinary(segment))) return undefined
  const path = join(root, ...segments)
  const type = types[extname(path).toLowerCase()]
  // The segments cannot leave the folder; this line does not rely on it.
  const inside = relative(root, path)
  if (type === undefined || inside.startsWith('..') || isAbsolute(inside)) return undefined
  return { path, type }
}

/** Segments of the path, decoded once; a bare `/` is the page. */
function segmentsOf(address: string): string[] | undefined {
  try {
    const url = new URL(address)
    if (url.protocol !== `${scheme}:` || url.host !== host) return undefined
    const path = decodeURIComponent(url.pathname).replace(/^\//, '')
    return path === '' ? ['index.html'] : path.split('/')
  } catch {
    return undefined
  }
}

/** No `..` or hidden file, no backslash, no colon (a drive or a stream on Windows), no control character. */
function isOrdinary(segment: string): boolean {
  return /^[\w@+~-][\w@+~. -]*$/.test(segment)
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
