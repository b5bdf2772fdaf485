import { AppError } from '../api/errors.ts'
import { isLoopback } from '../net/host.ts'
import { formatReference, parseReference, type Reference } from '../registry/reference.ts'

/** Where images are pushed to: `registry.example:5000`, or a place within it, `registry.example:5000/prefix`. */
export interface PushTarget {
  /** Host with optional port. */
  readonly registry: string
  /** Without slashes at its ends; empty for the top of the registry. */
  readonly prefix: string
  /** The operator asked for plain HTTP by writing http://. */
  readonly isPlain: boolean
}

/** `--to` and `--registry-url`; a scheme is tolerated, what the seed's users write. Throws AppError `usage`. */
export function parsePushTarget(text: string): PushTarget {
  const [, scheme, rest = ''] = /^(?:(https?):\/\/)?(.*)$/is.exec(text.trim()) ?? []
  // Not quoted back: what stands before the @ is a password.
  if (rest.includes('@')) throw wrong('it holds a user name, which is given apart from it')
  const [host = '', ...path] = rest.replace(/\/+$/, '').split('/')
  if (scheme === undefined && !/[.:]/.test(host) && host !== 'localhost') {
    throw wrong(`“${host}” is not a host name`)
  }
  const prefix = path.join('/')
  if (!isPlace(host.toLowerCase(), path))
    throw wrong(`“${rest}” has characters that it cannot have`)
  return { registry: host.toLowerCase(), prefix, isPlain: scheme?.toLowerCase() === 'http' }
}

/** The grammar of names is that of references. */
function isPlace(host: string, path: readonly string[]): boolean {
  try {
    parseReference('x:x', host)
    parseReference(`placeholder.invalid/${[...path, 'x'].join('/')}:x`)
    return true
  } catch {
    return false
  }
}

function wrong(what: string): AppError {
  return new AppError('usage', `This is no place in a registry: ${what}.`, {
    hint: 'Write it like registry.example:5000 or registry.example:5000/prefix.',
  })
}

/** `nvcr.io/nvidia/pytorch:24.01-py3` → `registry.example:5000/prefix/nvidia/pytorch:24.01-py3`. Throws AppError `usage`. */
export function mapReference(reference: Reference, { registry, prefix }: PushTarget): Reference {
  const repository = prefix === '' ? reference.repository : `${prefix}/${reference.repository}`
  const mapped = { ...reference, registry, repository }
  return parseReference(formatReference(mapped), registry)
}

/** Whether a host may be spoken to without TLS: on this computer, or because the operator said so. */
export function insecureHostsOf(
  { registry, isPlain }: PushTarget,
  isInsecureAllowed: boolean,
): string[] {
  const isOwn = isLoopback(new URL(`https://${registry}`).hostname)
  return isPlain || isInsecureAllowed || isOwn ? [registry] : []
}
