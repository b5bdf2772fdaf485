export type ReferenceParts = { registry: string; path: string; name: string; tag: string }

/** The pieces of `nvcr.io/nvidia/pytorch:24.01-py3`, for showing only: main parses it in earnest. */
export function partsOf(reference: string): ReferenceParts {
  const slash = reference.indexOf('/')
  const registry = slash < 0 ? '' : reference.slice(0, slash)
  const rest = reference.slice(slash + 1)
  const at = rest.indexOf('@')
  const colon = rest.lastIndexOf(':')
  const cut = at >= 0 ? at : colon >= 0 ? colon : rest.length
  const path = rest.slice(0, cut)
  return { registry, path, name: path.slice(path.lastIndexOf('/') + 1), tag: rest.slice(cut + 1) }
}

/** `pytorch 24.01-py3`, or what was given where it has no tag. */
export function shortName(reference: string): string {
  const { name, tag } = partsOf(reference)
  return tag === '' ? reference : `${name} ${tag}`
}

/** The org or namespace, and the team between it and the name. */
export function projectOf(path: string): { project: string; team?: string } {
  const segments = path.split('/')
  const project = segments[0] ?? path
  return segments.length > 2 ? { project, team: segments.slice(1, -1).join('/') } : { project }
}

/** `sha256:4f2a…9c1b`. */
export function shortDigest(digest: string): string {
  return digest.length > 24 ? `${digest.slice(0, 15)}…${digest.slice(-4)}` : digest
}
