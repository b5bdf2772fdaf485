import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { assetAt, scheme } from './asset.ts'

/** Gives our pages a real origin. Must be called before the application is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built interface below `root`, every answer under one policy. */
export function serveInterface(session: Session, root: string): void {
  session.protocol.handle(scheme, async (request) => await respond(root, request))
}

/**
 * Scripts only from our own files. Styles also inline, because the component library injects a tag of
 * its own; an inline style can draw, but neither run nor fetch anything.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
}

async function respond(root: string, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers })
  }
  const asset = assetAt(root, request.url)
  const body = asset && (await readFile(asset.path).catch(() => undefined))
  if (!asset || !body) return new Response(null, { status: 404, headers })
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), {
    headers: { ...headers, 'Content-Type': asset.type, 'Content-Length': String(body.length) },
  })
}
