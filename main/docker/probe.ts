import { statfs } from 'node:fs/promises'
import { AppError } from '../api/errors.ts'
import { z } from 'zod'
import { formatEngineAddress } from './address.ts'
import type { Candidate } from './candidates.ts'
import { connect } from './connect.ts'
import type { EngineFacts } from './engine.ts'
import { engineFailure } from './failure.ts'
import { within } from './within.ts'
import { socketEngine, type SocketEngine } from './socket-engine.ts'

/** What became of asking at one place. */
export type Probe =
  | { readonly state: 'answers'; readonly candidate: Candidate; readonly engine: SocketEngine }
  /** Something is there, and it does not let us in or does not answer well. */
  | { readonly state: 'fails'; readonly candidate: Candidate; readonly error: AppError }
  | { readonly state: 'absent'; readonly candidate: Candidate }

/** Asks at one place for version and storage. Rejects with the signal's reason only. */
export async function probe(candidate: Candidate, signal?: AbortSignal): Promise<Probe> {
  const name = `The engine at ${formatEngineAddress(candidate.address)}`
  const timeout = AbortSignal.timeout(candidate.address.kind === 'ssh' ? 40_000 : 10_000)
  try {
    const client = await connect(candidate.address)
    const until = signal ? AbortSignal.any([signal, timeout]) : timeout
    const [version, info] = await within(Promise.all([client.version(), client.info()]), until)
    const facts = await factsOf(candidate, versionSchema.parse(version), infoSchema.parse(info))
    return { state: 'answers', candidate, engine: socketEngine(client, facts) }
  } catch (cause) {
    signal?.throwIfAborted()
    const error = timeout.aborted
      ? new AppError('engine', `${name} does not answer within ten seconds.`, { cause })
      : cause instanceof z.ZodError
        ? new AppError('engine', `${name} does not speak Docker's API.`, { cause })
        : engineFailure(cause, name)
    const isAbsent = isNoSocket(cause) && !candidate.isChosen
    return isAbsent ? { state: 'absent', candidate } : { state: 'fails', candidate, error }
  }
}

/** A socket that nothing listens on is what an engine leaves that was stopped. */
function isNoSocket(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR'
}

const versionSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string().optional(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
})

const infoSchema = z.object({
  Driver: z.string().optional(),
  DriverStatus: z.array(z.array(z.string())).nullish(),
  DockerRootDir: z.string().optional(),
})

async function factsOf(
  { origin, address }: Candidate,
  version: z.infer<typeof versionSchema>,
  { Driver, DriverStatus, DockerRootDir }: z.infer<typeof infoSchema>,
): Promise<EngineFacts> {
  const isPodman = version.Components?.some(({ Name }) => Name === 'Podman Engine') === true
  const free = address.kind === 'socket' ? await freeBytesAt(DockerRootDir) : undefined
  return {
    kind: isPodman ? 'podman' : 'docker',
    name: `${isPodman ? 'Podman' : 'Docker'} ${version.Version}`,
    version: version.Version,
    ...(version.ApiVersion !== undefined && { apiVersion: version.ApiVersion }),
    origin,
    address: formatEngineAddress(address),
    ...(Driver && { storageDriver: Driver }),
    ...(DockerRootDir && { storageFolder: DockerRootDir }),
    ...(free !== undefined && { freeBytes: free }),
    hasContainerdStore:
      DriverStatus?.some(
        ([key, value]) => key === 'driver-type' && value?.includes('snapshotter'),
      ) === true,
  }
}

/** Undefined where the folder is not here: Docker Desktop's is within its own machine. */
export async function freeBytesAt(folder: string | undefined): Promise<number | undefined> {
  const space = folder ? await statfs(folder).catch(() => undefined) : undefined
  return space && space.bavail * space.bsize
}
