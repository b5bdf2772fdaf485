import type { Site } from '../ngc/site.ts'
import { abandonable } from '../net/abandonable.ts'
import { readText } from '../net/body.ts'
import { NetworkError } from '../net/failure.ts'
import { isLoopback } from '../net/host.ts'
import type { Http } from '../net/http.ts'

/**
 * Finds where the registry of a reference is spoken to. HTTPS everywhere; hosts on loopback, and those the user lists
 * as insecure, may answer in plain HTTP instead, which is found out once for each host.
 */
export function createAddresses(options: {
  http: Http
  site: Site
  insecureHosts?: readonly string[]
}): (registryName: string, signal?: AbortSignal) => Promise<URL> {
  const { http, site, insecureHosts = [] } = options
  const found = new Map<string, Promise<URL>>()

  const probe = async (host: string): Promise<URL> => {
    const secure = new URL(`https://${host}`)
    const plain = new URL(`http://${host}`)
    // On loopback nobody listens in, and most registries there speak plain HTTP: TLS and its certificates take 0.1 s.
    if (secure.port !== '' && isLoopback(secure.hostname) && (await isRegistry(plain))) return plain
    try {
      const answer = await http.request(new URL('/v2/', secure), {})
      answer.body.destroy()
      return secure
    } catch (error) {
      // A server of plain HTTP breaks off the handshake. A certificate that is not trusted is no reason to go without one.
      const isPlain = error instanceof NetworkError && plainAnswers.has(error.kind)
      if (isPlain) return plain
      throw error
    }
  }

  /** Whether it answers as a registry does. One that speaks TLS breaks off, or says 400. */
  const isRegistry = async (address: URL): Promise<boolean> => {
    try {
      const inTime = AbortSignal.timeout(PROBE_MS)
      const answer = await http.request(new URL('/v2/', address), {}, inTime)
      await readText(answer) // so that its connection serves the next request
      return answer.status === 200 || answer.status === 401
    } catch {
      return false
    }
  }

  return async (registryName, signal) => {
    if (registryName === site.registryName) return site.registry
    if (dockerHub.has(registryName)) return new URL('https://registry-1.docker.io')
    const address = new URL(`https://${registryName}`)
    const mayBePlain =
      isLoopback(address.hostname) ||
      insecureHosts.includes(registryName) ||
      insecureHosts.includes(address.hostname)
    if (!mayBePlain) return address
    const known = found.get(registryName) ?? probe(registryName)
    found.set(registryName, known)
    known.catch(() => found.delete(registryName))
    return abandonable(known, signal)
  }
}

/** What takes longer, as through a tunnel, is tried in HTTPS; where the handshake breaks off then, it is plain HTTP after all. */
const PROBE_MS = 5_000

const plainAnswers: ReadonlySet<string> = new Set(['tls', 'reset', 'refused'])

const dockerHub: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io'])

/** The path of a repository at its registry: Docker Hub's official images live under `library/`. */
export function remoteRepository({
  registry,
  repository,
}: {
  registry: string
  repository: string
}): string {
  return dockerHub.has(registry) && !repository.includes('/') ? `library/${repository}` : repository
}
