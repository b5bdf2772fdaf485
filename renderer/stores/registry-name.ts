import { valueOf } from './mirror.ts'
import { session, settings } from './mirrors.ts'

/** The registry that the catalogue's images are pulled from, as references name it. */
export function useRegistryName(): string {
  const named = valueOf(settings.use())?.site?.registryName
  const isSandbox = valueOf(session.use())?.kind === 'sandbox'
  return isSandbox ? official : (named ?? official)
}

const official = 'nvcr.io'
