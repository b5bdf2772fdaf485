import type { Settings } from '../../main/api/shapes.ts'
import { valueOf } from './mirror.ts'
import { session, settings } from './mirrors.ts'

/** The registry that the catalogue's images are pulled from, as references name it. */
export function useRegistryName(): string {
  const named = registryNameOf(valueOf(settings.use())?.site)
  const isSandbox = valueOf(session.use())?.kind === 'sandbox'
  return isSandbox ? official : named
}

/** As main reads the same settings: a registry of another address that is given no name is called by its host. */
export function registryNameOf({ registry, registryName }: Settings['site'] = {}): string {
  if (registryName !== undefined) return registryName.toLowerCase()
  return registry !== undefined && URL.canParse(registry) ? new URL(registry).host : official
}

const official = 'nvcr.io'
