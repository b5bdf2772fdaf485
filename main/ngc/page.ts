import { isDigest, type Digest } from '../registry/reference.ts'
import { isRegistryPath, splitPath } from './repository-path.ts'

/** What a catalogue page or a pull command is about. */
export interface PageTarget {
  /** `nvidia/clara/monai-toolkit` */
  readonly path: string
  readonly tag?: string
  readonly digest?: Digest
  /** The host as it was written; only pull commands name one. */
  readonly registry?: string
}

/**
 * Reads what people paste: the address of a catalogue page, old or new, or a line such as `docker pull nvcr.io/…`.
 * Undefined when the text is neither; a bare reference is `parseReference`'s.
 */
export function parsePage(text: string): PageTarget | undefined {
  const line = text.trim()
  if (line.length > LONGEST) return undefined
  return /^https?:\/\//i.test(line) ? parseAddress(line) : parsePull(line)
}

/** The repository's page in NVIDIA's catalogue, where descriptions are read and licences accepted. */
export function pageAddress(path: string): string {
  const parts = splitPath(path)
  if (parts === undefined) return CATALOGUE
  const team = parts.team === undefined ? '' : `/teams/${parts.team}`
  return `${CATALOGUE}/orgs/${parts.org}${team}/containers/${parts.name}`
}

const LONGEST = 4096
const CATALOGUE = 'https://catalog.ngc.nvidia.com'
const TAG = /^\w[\w.-]{0,127}$/
const PROGRAM = /^(?:docker|podman|nerdctl|crictl|ctr|skopeo|enroot|singularity|apptainer)$/
const VERB = /^(?:pull|run|import|build|exec|inspect)$/

function parseAddress(line: string): PageTarget | undefined {
  if (!URL.canParse(line)) return undefined
  const address = new URL(line)
  if (address.hostname !== 'ngc.nvidia.com' && !address.hostname.endsWith('.ngc.nvidia.com')) {
    return undefined
  }
  let pathname: string
  try {
    pathname = decodeURIComponent(address.pathname)
  } catch {
    return undefined
  }
  const path = newPage(pathname) ?? oldPage(pathname)
  if (path === undefined || splitPath(path) === undefined) return undefined
  const tag = address.searchParams.get('version') ?? address.searchParams.get('tag') ?? ''
  return { path, ...(TAG.test(tag) && { tag }) }
}

/** `/orgs/nvidia/teams/clara/containers/monai-toolkit/tags`, also with `/-/` and a language before it. */
function newPage(pathname: string): string | undefined {
  const found = /\/orgs?\/([^/]+)(?:\/teams?\/([^/]+))?(?:\/-)?\/containers\/([^/]+)/.exec(pathname)
  return found?.slice(1).filter(Boolean).join('/').toLowerCase()
}

/** `/catalog/containers/nvidia:clara:monai-toolkit/tags`: the catalogue until 2021; `/containers/org:name` likewise. */
function oldPage(pathname: string): string | undefined {
  const found = /\/containers\/((?:[^/:]+:){1,2}[^/:]+)/.exec(pathname)
  return found?.[1]?.replaceAll(':', '/').toLowerCase()
}

function parsePull(line: string): PageTarget | undefined {
  const words = line.split(/\s+/).filter((word) => !/^(?:[$#>%]|sudo)$/.test(word))
  const [program, ...rest] = words
  if (program === undefined || !PROGRAM.test(program) || !rest.some((word) => VERB.test(word))) {
    return undefined
  }
  for (const word of rest) {
    // enroot writes docker://HOST#PATH
    const hosted = word
      .replace(/^["']|["']$/g, '')
      .replace(/^docker:\/\/(?:([^#/]+)#)?/, (_, host) =>
        typeof host === 'string' ? `${host}/` : '',
      )
    const target = parseHosted(hosted)
    if (target) return target
  }
  return undefined
}

/** `host/path[:tag][@digest]`; the host is what tells an image from an option's value. */
function parseHosted(word: string): PageTarget | undefined {
  const found =
    /^([a-z0-9.-]+\.[a-z0-9-]+(?::\d+)?|localhost(?::\d+)?)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/i.exec(
      word,
    )
  const [, host, path, tag, digest] = found ?? []
  if (host === undefined || path === undefined || !isRegistryPath(path)) return undefined
  if (tag !== undefined && !TAG.test(tag)) return undefined
  if (digest !== undefined && !isDigest(digest)) return undefined
  return {
    registry: host.toLowerCase(),
    path,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  }
}
