import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../api/errors.ts'
import type { EngineTls } from './address.ts'

export interface TlsFiles {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** The certificates of an engine's address, PEM, those that are there. Throws AppError `destination` for one that cannot be read. */
export async function readTls({ folder, isVerified }: EngineTls): Promise<TlsFiles> {
  const read = async (name: string): Promise<string | undefined> => {
    if (folder === undefined) return undefined
    try {
      return await readFile(join(folder, name), 'utf8')
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
      throw new AppError('destination', `${join(folder, name)} cannot be read.`, { cause })
    }
  }
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')])
  return {
    rejectUnauthorized: isVerified,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}
