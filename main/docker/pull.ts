import type { Credentials } from '../registry/credentials.ts'
import type { Descriptor } from '../registry/manifest.ts'
import { engineEvents, type EngineEvent } from './events.ts'
import { engineFailure } from './failure.ts'
import type { SocketEngine } from './socket-engine.ts'

/** How far an engine is with pulling an image, layer by layer, as it tells. */
export interface PullProgress {
  /** Of all layers, those included that the engine has already. */
  readonly pulledBytes: number
  readonly totalBytes: number
  readonly layers: readonly PulledLayer[]
}

export interface PulledLayer {
  readonly digest: string
  readonly sizeBytes: number
  readonly pulledBytes: number
  /** Held: the engine had it. */
  readonly state: 'waiting' | 'downloading' | 'extracting' | 'done' | 'held'
}

/** What came over the line: not what the engine had already. Pure. */
export function lineBytes({ layers, pulledBytes }: PullProgress): number {
  const held = layers.filter(({ state }) => state === 'held')
  return pulledBytes - held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

export interface PullRequest {
  /** By digest, so that it is the very image that was planned. */
  readonly name: string
  /** Of its manifest: their sizes tell how far it is. */
  readonly layers: readonly Descriptor[]
  readonly credentials?: Credentials | undefined
}

/**
 * Lets an engine pull an image. The key goes to it in a header (X-Registry-Auth), over the engine's own socket. Throws
 * AppError `engine` or `no-space` in its words, also for errors that it tells within its 200, and the signal's reason.
 */
export async function pullImage(
  { client, facts }: SocketEngine,
  { name, layers, credentials }: PullRequest,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const follow = followLayers(layers)
  try {
    const authconfig = credentials && authorization(credentials)
    const answer = await client.pull(name, {
      abortSignal: signal,
      ...(authconfig && { authconfig }),
    })
    for await (const event of engineEvents(answer, facts.name)) onProgress(follow(event))
  } catch (error) {
    signal.throwIfAborted()
    throw engineFailure(error, facts.name)
  }
}

/** docs.docker.com/reference/api/engine, "Authentication". */
function authorization(credentials: Credentials): { username: string; password: string } {
  return credentials.kind === 'key'
    ? { username: '$oauthtoken', password: credentials.key.reveal() }
    : { username: credentials.username, password: credentials.password.reveal() }
}

/** Adds up the events of one pull; each tells of a layer by the first digits of its digest. */
export function followLayers(layers: readonly Descriptor[]): (event: EngineEvent) => PullProgress {
  const states = new Map<string, PulledLayer>()
  for (const { digest, size } of layers) {
    const id = digest.slice('sha256:'.length, 'sha256:'.length + ID_DIGITS)
    states.set(id, { digest, sizeBytes: size, pulledBytes: 0, state: 'waiting' })
  }
  const totalBytes = [...states.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return ({ id = '', status = '', progressDetail }) => {
    const layer = states.get(id)
    if (layer !== undefined) states.set(id, moved(layer, status, progressDetail?.current))
    const all = [...states.values()]
    const pulledBytes = all.reduce((sum, one) => sum + one.pulledBytes, 0)
    return { pulledBytes, totalBytes, layers: all }
  }
}

const ID_DIGITS = 12

function moved(layer: PulledLayer, status: string, current: number | undefined): PulledLayer {
  const { sizeBytes } = layer
  if (status === 'Already exists') return { ...layer, pulledBytes: sizeBytes, state: 'held' }
  if (status === 'Downloading') {
    // What is tried again begins anew, and a layer is never more than itself.
    const pulledBytes = Math.min(sizeBytes, current ?? layer.pulledBytes)
    return { ...layer, pulledBytes, state: 'downloading' }
  }
  if (
    status === 'Verifying Checksum' ||
    status === 'Download complete' ||
    status === 'Extracting'
  ) {
    return { ...layer, pulledBytes: sizeBytes, state: 'extracting' }
  }
  if (status === 'Pull complete') return { ...layer, pulledBytes: sizeBytes, state: 'done' }
  return layer
}
