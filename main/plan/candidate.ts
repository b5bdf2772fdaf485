import type { Reference } from '../registry/reference.ts'

/** One image that the selection asks for, before the registry was asked about it. */
export interface Candidate {
  readonly reference: Reference
  /** The change key its catalogue gives; absent for images of other registries. */
  readonly changeKey?: string
  /** Of this image alone; absent, what was asked for of all. */
  readonly platform?: string
}

/** The key of a repository in state.yml: its path on NGC, as the seed wrote it; elsewhere with the host. */
export function stateRepository(reference: Reference, registryName: string): string {
  return reference.registry === registryName
    ? reference.repository
    : `${reference.registry}/${reference.repository}`
}

/**
 * The key of a tag in state.yml. The plain tag stands for what the default asks for (linux/amd64, or an image's only
 * platform), as in the seed; another platform of the same tag is an entry of its own, in a form no tag can have.
 */
export function stateTag(reference: Reference, platform: string, isOnlyPlatform: boolean): string {
  const name = reference.tag ?? reference.digest ?? ''
  return isOnlyPlatform || platform === 'linux/amd64' ? name : `${name} ${platform}`
}
