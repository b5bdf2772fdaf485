import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type * as Tls from 'node:tls'
import { AppError } from '../api/errors.ts'

/**
 * Whom to trust: Node's own list, the operating system's, NODE_EXTRA_CA_CERTS and the given PEM texts, as one parsed
 * context, because parsing some 300 certificates for each connection took 30 ms of CPU. They are read when they are first
 * asked for: that takes a tenth of a second, and plain HTTP needs none.
 * Throws AppError `usage` for a text without a readable certificate.
 */
export function trustedCertificates(
  extra: readonly string[] = [],
): () => Promise<Tls.SecureContext> {
  const given = extra.flatMap(split)
  let context: Promise<Tls.SecureContext> | undefined
  return () => (context ??= readAll(given))
}

async function readAll(given: readonly string[]): Promise<Tls.SecureContext> {
  // To load node:tls at all takes 40 ms.
  const tls = await import('node:tls')
  return tls.createSecureContext({ ca: [...new Set([...knownCertificates(tls), ...given])] })
}

/** Where Linux distributions keep the authorities that an administrator added; for Nodes that cannot be asked for them. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * `tls.getCACertificates` came with Node 22.15; Electron 33 runs 20.18. Setting `ca` replaces all defaults, so all are named.
 * A packaged Electron takes NODE_EXTRA_CA_CERTS out of its environment: build/start hands it on by another name.
 */
function knownCertificates(tls: typeof Tls): string[] {
  const { NODE_EXTRA_CA_CERTS: named, NGC_EXTRA_CA_CERTS: handedOn } = process.env
  const extra = fromFile(named ?? handedOn ?? '')
  if ('getCACertificates' in tls) {
    return [...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...extra]
  }
  const { rootCertificates } = tls as { rootCertificates: readonly string[] }
  return [...rootCertificates, ...bundles.flatMap(fromFile), ...extra]
}

function fromFile(path: string): string[] {
  return path === '' ? [] : certificatesIn(readIfThere(path))
}

function split(pem: string): string[] {
  const found = certificatesIn(pem)
  if (found.length > 0 && found.every(isReadable)) return found
  const what = found.length > 0 ? 'a PEM certificate that cannot be read' : 'no PEM certificate'
  throw new AppError('usage', `An extra certificate authority holds ${what}.`, {
    hint: 'The file must have whole certificates, which begin with -----BEGIN CERTIFICATE-----.',
  })
}

function isReadable(pem: string): boolean {
  try {
    void new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}

function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
