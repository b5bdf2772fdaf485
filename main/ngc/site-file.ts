import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { AppError, messageOf } from '../api/errors.ts'
import { isLoopback } from '../net/host.ts'
import { publicSite, type Site } from './site.ts'

/** What a site file holds: JSON; a service that is left out is NVIDIA's own. */
export interface SiteFile {
  readonly catalog?: string | undefined
  readonly auth?: string | undefined
  readonly registry?: string | undefined
  readonly dgx?: string | undefined
  readonly registryName?: string | undefined
  /** Allows plain http to other machines. */
  readonly insecure?: boolean | undefined
}

/** Throws AppError `usage` that names the file. */
export async function readSiteFile(path: string): Promise<Site> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
    throw new AppError('usage', `The site file ${path} cannot be read (${reason}).`, {
      cause: error,
    })
  }
  return parseSite(text, path)
}

/** `file` is the name to use in messages. Throws AppError `usage` that names the file and the field. */
export function parseSite(text: string, file: string): Site {
  const wrong = (what: string, hint?: string): AppError =>
    new AppError('usage', `The site file ${file} cannot be used: ${what}.`, hint ? { hint } : {})
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw wrong('it is not JSON', EXAMPLE)
  }
  const parsed = siteFileSchema.safeParse(json)
  if (!parsed.success) throw wrong(describe(parsed.error.issues), EXAMPLE)
  const fields: SiteFile = parsed.data
  const service = (name: ServiceName): URL => {
    const given = fields[name]
    if (given === undefined) return publicSite[name]
    const found = parseService(given, name, fields.insecure === true)
    if (typeof found === 'string') throw wrong(`"${name}" ${found}`)
    return found
  }
  const registry = service('registry')
  const named = fields.registryName ?? (fields.registry === undefined ? 'nvcr.io' : registry.host)
  const registryName = named.toLowerCase()
  if (!HOST.test(registryName)) throw wrong('"registryName" is not a host name such as nvcr.io')
  return {
    catalog: service('catalog'),
    auth: service('auth'),
    registry,
    dgx: service('dgx'),
    registryName,
  }
}

/** What makes the same site when it is parsed. */
export function siteFileOf({ catalog, auth, registry, dgx, registryName }: Site): SiteFile {
  return {
    catalog: catalog.href,
    auth: auth.href,
    registry: registry.href,
    dgx: dgx.href,
    registryName,
    insecure: true,
  }
}

type ServiceName = 'catalog' | 'auth' | 'registry' | 'dgx'

const siteFileSchema = z.strictObject({
  catalog: z.string().optional(),
  auth: z.string().optional(),
  registry: z.string().optional(),
  dgx: z.string().optional(),
  registryName: z.string().optional(),
  insecure: z.boolean().optional(),
})

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/
const EXAMPLE = `Write it like {"catalog": "${publicSite.catalog.origin}", "registry": "${publicSite.registry.origin}"}.`

/** The service's base address, or what is wrong with it. */
function parseService(text: string, name: ServiceName, allowsInsecure: boolean): URL | string {
  if (!URL.canParse(text)) return 'is not an address such as https://host'
  const address = new URL(text)
  if (address.username !== '' || address.password !== '') {
    return 'holds a user name or password; give keys with --api-key instead'
  }
  if (address.search !== '' || address.hash !== '') return 'must end with its path'
  if (address.protocol === 'http:') {
    if (!allowsInsecure && !isLoopback(address.hostname)) {
      return 'is plain http to another machine; use https, or add "insecure": true'
    }
  } else if (address.protocol !== 'https:') {
    return `uses ${address.protocol} and not https:`
  }
  address.pathname = address.pathname.replace(/\/+$/, '')
  // OCI distribution specification 1.1: a registry answers at /v2/ of its host, nowhere below it.
  if (name === 'registry' && address.pathname !== '/') return 'must be a host without a path'
  return address
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  const issue = issues[0]
  if (issue?.code === 'unrecognized_keys')
    return `it has the unknown field "${issue.keys.join('", "')}"`
  const field = issue?.path.join('.') ?? ''
  if (field === '') return 'it is not an object'
  return `"${field}" is not ${field === 'insecure' ? 'true or false' : 'a text'}`
}
