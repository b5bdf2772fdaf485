import { posix } from 'node:path'
import { formatEngineAddress, parseEngineAddress, type EngineAddress } from './address.ts'
import type { DockerContexts } from './contexts.ts'

/** A place where an engine may answer. */
export interface Candidate {
  /** Why it is one: `DOCKER_HOST`, `context lab`, `rootless Docker`. */
  readonly origin: string
  readonly address: EngineAddress
  /** The user named it: no other Docker may be taken instead. */
  readonly isChosen: boolean
}

/** What a machine and its user's settings tell. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Absent on Windows. */
  readonly uid?: number | undefined
  readonly contexts: DockerContexts
}

/**
 * Everywhere an engine with Docker's API may answer, the user's own choice first, then the usual sockets and pipes; each
 * address once. Podman answers the same API. Throws AppError `usage` for a DOCKER_HOST that is no address.
 */
export function engineCandidates(surroundings: Surroundings): Candidate[] {
  const found = [...chosen(surroundings), ...usual(surroundings), ...otherContexts(surroundings)]
  const byAddress = new Map<string, Candidate>()
  for (const candidate of found) {
    const key = formatEngineAddress(candidate.address)
    if (!byAddress.has(key)) byAddress.set(key, candidate)
  }
  return [...byAddress.values()]
}

/** docs.docker.com/reference/cli/docker: DOCKER_HOST comes before DOCKER_CONTEXT, which comes before the one in use. */
function chosen({ env, contexts }: Surroundings): Candidate[] {
  const host = env['DOCKER_HOST']
  if (host) {
    const folder = env['DOCKER_CERT_PATH']
    const isVerified = Boolean(env['DOCKER_TLS_VERIFY'])
    const tls =
      isVerified || env['DOCKER_TLS'] ? { isVerified, ...(folder && { folder }) } : undefined
    return [{ origin: 'DOCKER_HOST', address: parseEngineAddress(host, tls), isChosen: true }]
  }
  const name = env['DOCKER_CONTEXT'] || contexts.current
  const context = contexts.all.find((one) => one.name === name)
  return context === undefined ? [] : [fromContext(context, true)]
}

function otherContexts({ contexts }: Surroundings): Candidate[] {
  return contexts.all.flatMap((context) => {
    try {
      return [fromContext(context, false)]
    } catch {
      return [] // one that is not in use need not be right
    }
  })
}

/** Any port may speak TLS: docker's command goes by whether the context has certificates, or is not to check them. */
function fromContext(
  { name, host, skipsTlsVerification, tlsFolder, hasCertificates }: DockerContexts['all'][number],
  isChosen: boolean,
): Candidate {
  const tls =
    /^(?:https:|tcp:.*:2376$)/.test(host) ||
    (host.startsWith('tcp:') && (hasCertificates || skipsTlsVerification))
  const address = parseEngineAddress(
    host,
    tls ? { folder: tlsFolder, isVerified: !skipsTlsVerification } : undefined,
  )
  return { origin: `context ${name}`, address, isChosen }
}

/** Where engines listen unless told otherwise. */
function usual({ platform, env, home, uid }: Surroundings): Candidate[] {
  const podmanHost = env['CONTAINER_HOST']
  const named: Candidate[] = podmanHost
    ? [{ origin: 'CONTAINER_HOST', address: parseEngineAddress(podmanHost), isChosen: false }]
    : []
  if (platform === 'win32') {
    return [
      at('Docker', '//./pipe/docker_engine'),
      at('Docker Desktop', '//./pipe/dockerDesktopLinuxEngine'),
      ...named,
      at('Podman machine', '//./pipe/podman-machine-default'),
    ]
  }
  const inHome = (...names: string[]): string => posix.join(home, ...names)
  if (platform === 'darwin') {
    return [
      at('Docker', '/var/run/docker.sock'),
      at('Docker Desktop', inHome('.docker', 'run', 'docker.sock')),
      at('Colima', inHome('.colima', 'default', 'docker.sock')),
      at('OrbStack', inHome('.orbstack', 'run', 'docker.sock')),
      at('Rancher Desktop', inHome('.rd', 'docker.sock')),
      ...named,
      // The name that `podman machine` links, whatever the version; newer ones also listen in the temporary folder.
      at('Podman machine', inHome('.local/share/containers/podman/machine/podman.sock')),
      at(
        'Podman machine',
        posix.join(env['TMPDIR'] ?? '/tmp', 'podman', 'podman-machine-default-api.sock'),
      ),
    ]
  }
  const runtime = env['XDG_RUNTIME_DIR'] || (uid === undefined ? undefined : `/run/user/${uid}`)
  return [
    at('Docker', '/var/run/docker.sock'),
    ...(runtime === undefined ? [] : [at('rootless Docker', posix.join(runtime, 'docker.sock'))]),
    at('Docker Desktop', inHome('.docker', 'desktop', 'docker.sock')),
    at('rootless Docker', inHome('.docker', 'run', 'docker.sock')),
    ...named,
    ...(runtime === undefined
      ? []
      : [at('rootless Podman', posix.join(runtime, 'podman', 'podman.sock'))]),
    at('Podman', '/run/podman/podman.sock'),
  ]
}

function at(origin: string, path: string): Candidate {
  return { origin, address: { kind: 'socket', path }, isChosen: false }
}
