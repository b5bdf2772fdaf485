import { AppError } from '../api/errors.ts'

/** A repository's path in its parts: `nvidia/pytorch`, `nvidia/clara/monai-toolkit`. */
export interface RepositoryPath {
  readonly org: string
  readonly team?: string
  readonly name: string
}

/** The parts of a path, or undefined where it could not be one on the registry, whatever a catalogue says. */
export function splitPath(path: string): RepositoryPath | undefined {
  if (path.length > 255) return undefined
  const parts = path.split('/')
  if (!parts.every((part) => PART.test(part))) return undefined
  const [first, second, third, ...more] = parts
  if (first === undefined || second === undefined || more.length > 0) return undefined
  return third === undefined
    ? { org: first, name: second }
    : { org: first, team: second, name: third }
}

/** True for the name of a repository on any registry, of any depth. */
export function isRegistryPath(path: string): boolean {
  return path.length <= 255 && path.split('/').every((part) => PART.test(part))
}

/** True for the namespace's own repositories and those of the teams below it. */
export function isWithin(path: string, namespace: string): boolean {
  return path.startsWith(`${namespace}/`)
}

/** OCI distribution specification 1.1, "Pulling manifests": one component of a name. */
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

/** An org or `org/team` as the user wrote it. Throws AppError `usage`. */
export function parseNamespace(text: string): string {
  const namespace = text.trim().replace(/^\/+|\/+$/g, '')
  const parts = namespace.split('/')
  if (parts.length > 2 || !parts.every((part) => PART.test(part))) {
    throw new AppError('usage', `“${text}” is not a project.`, {
      hint: 'Write an org or an org and a team: nvidia, nvidia/clara.',
    })
  }
  return namespace
}
