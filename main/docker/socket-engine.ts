import type Dockerode from 'dockerode'
import { z } from 'zod'
import { isDigest, type Digest } from '../registry/reference.ts'
import type { EngineAddress } from './address.ts'
import type { ContainerEngine, EngineFacts, HeldImage } from './engine.ts'
import { engineEvents } from './events.ts'
import { engineFailure, statusOf } from './failure.ts'
import { within } from './within.ts'

/** Docker, or Podman behind Docker's API. */
export interface SocketEngine extends ContainerEngine {
  readonly client: Dockerode
  readonly address: EngineAddress
}

export function isSocketEngine(engine: ContainerEngine): engine is SocketEngine {
  return 'client' in engine
}

export function socketEngine(
  client: Dockerode,
  address: EngineAddress,
  facts: EngineFacts,
): SocketEngine {
  const { name: engine } = facts
  return {
    client,
    address,
    facts,

    async find(name, signal) {
      try {
        return heldIn(await within(client.getImage(name).inspect(), signal))
      } catch (error) {
        signal?.throwIfAborted()
        if (statusOf(error) === 404) return undefined
        throw engineFailure(error, engine)
      }
    },

    async layers(signal) {
      try {
        const listed = await within(client.listImages(), signal)
        const inspected = await Promise.all(
          listed.map(({ Id }) =>
            within(client.getImage(Id).inspect(), signal).catch(() => undefined),
          ),
        )
        return new Set(
          inspected.flatMap((one) => layersSchema.safeParse(one).data?.RootFS.Layers ?? []),
        )
      } catch (error) {
        signal?.throwIfAborted()
        throw engineFailure(error, engine)
      }
    },

    async tag(id, reference, signal) {
      const colon = reference.lastIndexOf(':')
      const name = { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) }
      await within(client.getImage(id).tag(name), signal).catch((error: unknown) => {
        signal?.throwIfAborted()
        throw engineFailure(error, engine)
      })
    },

    async load(tarball, listener, signal) {
      try {
        const answer = await client.loadImage(tarball, { abortSignal: signal })
        for await (const event of engineEvents(answer, engine)) {
          const line = event.stream?.trim()
          if (line) listener.said?.(line)
        }
      } catch (error) {
        signal.throwIfAborted()
        // What the tarball's own stream ended in says more than the request that it ended.
        throw tarball.errored ?? engineFailure(error, engine)
      } finally {
        tarball.destroy()
      }
    },
  }
}

const inspectionSchema = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
})

const layersSchema = z.object({
  RootFS: z.object({ Layers: z.array(z.custom<Digest>((text) => isDigest(String(text)))) }),
})

/** Podman leaves `sha256:` out at times. */
function heldIn(answer: unknown): HeldImage {
  const { Id, RepoDigests } = inspectionSchema.parse(answer)
  const id = Id.includes(':') ? Id : `sha256:${Id}`
  const named = (RepoDigests ?? []).map((name) => name.slice(name.indexOf('@') + 1))
  return { id, digests: new Set([id, ...named].filter((text): text is Digest => isDigest(text))) }
}
