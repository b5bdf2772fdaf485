import { inspectDestination } from './disk/destination.ts'
import { heldPlaces } from './library/held-places.ts'
import { inventory } from './library/inventory.ts'
import { createHttp } from './net/http.ts'
import { createRateLimit } from './net/rate-limit.ts'
import { patient } from './net/retry.ts'
import type { Catalogue } from './ngc/catalogue.ts'
import { createCatalogue } from './ngc/create-catalogue.ts'
import type { Key } from './ngc/key.ts'
import { Secret } from './ngc/secret.ts'
import type { Site } from './ngc/site.ts'
import { gather } from './plan/gather.ts'
import { makePlan, type ImageToSave, type Plan } from './plan/plan.ts'
import { createRegistry, type Registry } from './registry/client.ts'
import type { Credentials } from './registry/credentials.ts'
import { readDockerLogins } from './registry/docker-credentials.ts'
import type { Reference } from './registry/reference.ts'
import { selectByRules, selectNamed } from './selection/candidates.ts'
import type { Rules } from './selection/rules.ts'
import { openState, type StateFile } from './state/state-file.ts'
import { HeldBlobs } from './transfer/held-blobs.ts'
import { replicate, type ReplicateListener } from './transfer/replicate.ts'

export interface CoreOptions {
  readonly site: Site
  readonly key: Key
  /** Requests and streams at once. */
  readonly connections: number
  readonly limitBytesPerSecond?: number | undefined
  /** One line for each request and each decision; holds no secret. */
  readonly log?: ((line: string) => void) | undefined
}

/** What the operator asks for: images named one by one, or rules over the catalogue; and images of other registries. */
export interface Request {
  readonly named: readonly string[]
  readonly rules: Rules
  readonly external: readonly Reference[]
  /** `linux/amd64`, or `all`. */
  readonly platform: string
  readonly folder: string
}

/** A plan with what was opened to make it. */
export interface PreparedPlan {
  readonly plan: Plan
  readonly state: StateFile
  readonly held: HeldBlobs
}

export interface Core {
  readonly catalogue: Catalogue
  readonly registry: Registry
  /** Resolves a request against the catalogue, the registry and the destination; writes nothing. */
  plan(request: Request, signal?: AbortSignal): Promise<PreparedPlan>
  /** Copies what the plan has to copy; see `replicate`. */
  replicate(
    prepared: PreparedPlan,
    options: { jobs: number; maxFileSizeBytes?: number | undefined },
    listener: ReplicateListener,
    signal: AbortSignal,
  ): Promise<void>
  close(): Promise<void>
}

/** Builds every service, for the desktop and the terminal alike. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { site, key, connections, log } = options
  const http = createHttp({ ...(log && { log }) })
  const catalogue = createCatalogue({ site, key, http, retry: patient })
  const logins = await readDockerLogins()
  const credentials = (registry: string): Credentials | undefined => {
    if (registry === site.registryName)
      return key.kind === 'none' ? undefined : { kind: 'key', key: key.secret }
    const login = logins.get(registry)
    return login && { kind: 'password', username: login.user, password: new Secret(login.password) }
  }
  const registry = createRegistry({
    http,
    site,
    credentials,
    limit: createRateLimit(options.limitBytesPerSecond),
    ...(log && { log }),
  })
  const isOnSite = (reference: Reference): boolean => reference.registry === site.registryName

  return {
    catalogue,
    registry,

    async plan({ named, rules, external, platform, folder }, signal) {
      const destination = await inspectDestination(folder)
      const state = await openState(destination.folder)
      const library = destination.exists ? (await inventory(destination.folder, signal)).images : []
      const source = { catalogue, registryName: site.registryName, connections }
      const selected =
        named.length > 0
          ? await selectNamed(source, named, rules, signal)
          : await selectByRules(source, rules, signal)
      const candidates = [...selected.candidates, ...external.map((reference) => ({ reference }))]
      const changeKeyOf = async (
        reference: Reference,
        until?: AbortSignal,
      ): Promise<string | undefined> => {
        if (!isOnSite(reference)) return undefined
        const tags = await catalogue.tags(reference.repository, until)
        return tags.find(({ tag }) => tag === reference.tag)?.changeKey
      }
      const sources = {
        registry,
        registryName: site.registryName,
        state,
        library,
        changeKeyOf,
        connections,
      }
      const { images, failures } = await gather(candidates, platform, sources, signal)
      const places = destination.exists ? await heldPlaces(destination.folder, signal) : new Map()
      return {
        plan: makePlan(
          destination,
          images,
          [...selected.failures, ...failures],
          new Set(places.keys()),
        ),
        state,
        held: new HeldBlobs(destination.folder, places),
      }
    },

    async replicate({ plan, state, held }, { jobs, maxFileSizeBytes }, listener, signal) {
      const descriptionOf = async ({ reference }: ImageToSave): Promise<string | undefined> => {
        if (!isOnSite(reference)) return undefined
        const until = AbortSignal.any([signal, AbortSignal.timeout(DESCRIPTION_TIMEOUT_MS)])
        return (await catalogue.repository(reference.repository, until)).description
      }
      await replicate(
        plan,
        { registry, state, held, descriptionOf, jobs, maxFileSizeBytes },
        listener,
        signal,
      )
    },

    close: () => http.close(),
  }
}

/** A description is worth a moment, not the patience that an image is. */
const DESCRIPTION_TIMEOUT_MS = 20_000
