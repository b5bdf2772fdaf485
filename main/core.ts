import { messageOf } from './api/errors.ts'
import { carry } from './carried-app/carry.ts'
import type { CarriedFile } from './carried-app/carried-file.ts'
import type { SocketEngine } from './docker/socket-engine.ts'
import { occupyFolder } from './disk/lock.ts'
import type { History } from './library/history/history.ts'
import { createHttp, type HttpOptions } from './net/http.ts'
import type { OutageOptions } from './net/outage.ts'
import { createRateLimit, type RateLimit } from './net/rate-limit.ts'
import { createTurns, wantsLess } from './net/turns.ts'
import { patient, type RetryPolicy } from './net/retry.ts'
import type { Catalogue } from './ngc/catalogue.ts'
import { createCatalogue } from './ngc/create-catalogue.ts'
import type { Key } from './ngc/key.ts'
import { Secret } from './ngc/secret.ts'
import type { Site } from './ngc/site.ts'
import type { Plan } from './plan/plan.ts'
import { planRequest, type Request } from './plan/plan-request.ts'
import { createRegistry, type Registry } from './registry/client.ts'
import { keepingDocuments } from './registry/kept-documents.ts'
import type { Credentials } from './registry/credentials.ts'
import { readDockerLogins } from './registry/docker-credentials.ts'
import type { Reference } from './registry/reference.ts'
import { createConnections } from './transfer/fetch-ahead/connections.ts'
import { createFetchAhead } from './transfer/fetch-ahead/fetch-ahead.ts'
import { openDestination, smallest, type OpenDestination } from './transfer/open-destination.ts'
import { rememberSaves } from './transfer/remember-saves.ts'
import { replicate, type ReplicateListener, type ReplicateOptions } from './transfer/replicate.ts'
import { saveThroughDocker } from './transfer/through-docker.ts'
import { saveImage } from './transfer/save-image.ts'
import { createSaver, type Saver } from './transfer/saver.ts'

export interface CoreOptions {
  readonly site: Site
  readonly key: Key
  /** Requests at once, at most: fewer while planning, after 429 and timeouts, and where more bring nothing. */
  readonly connections: number
  readonly limitBytesPerSecond?: number | undefined
  /** How the network is reached; what is absent is as the environment says. */
  readonly network?: Pick<HttpOptions, 'proxy' | 'extraCertificates'>
  /** Docker pulls and exports the images; absent, they come from the registry itself. */
  readonly docker?:
    | { readonly engine: () => Promise<SocketEngine>; readonly keepsImages: boolean }
    | undefined
  /** Limits of time other than the usual ones. */
  readonly timing?: Timing
  /** Whether layers wait for a network that is lost, and who is told; without it they fail. */
  readonly outage?: OutageOptions | undefined
  /** Where it is noted what was saved and read back. */
  readonly history?: History | undefined
  /** One line for each request and each decision; holds no secret. */
  readonly log?: ((line: string) => void) | undefined
  /** Told in words when a request failed and is tried again after some seconds. */
  readonly waiting?: ((message: string) => void) | undefined
}

/** How long what is waited for; see `HttpOptions` and `RetryPolicy`. */
export type Timing = Pick<HttpOptions, 'connectTimeoutMs' | 'headersTimeoutMs' | 'idleTimeoutMs'> &
  Partial<Pick<RetryPolicy, 'attempts' | 'firstDelayMs' | 'longestDelayMs' | 'totalTimeoutMs'>>

/** A plan with what was opened to make it. */
export interface PreparedPlan {
  readonly plan: Plan
  readonly opened: OpenDestination
}

export interface Core {
  readonly catalogue: Catalogue
  readonly registry: Registry
  /** What all that goes over the line shares. */
  readonly limit: RateLimit
  /** Throws AppError `destination` for a folder that cannot be written to, unless it may be read-only. */
  readonly openDestination: typeof openDestination
  /**
   * Resolves a request against the catalogue, the registry and the destination; writes nothing. Throws what
   * `openDestination` throws.
   */
  plan(request: Request & { mayBeReadOnly?: boolean }, signal?: AbortSignal): Promise<PreparedPlan>
  planInto(
    opened: OpenDestination,
    request: Omit<Request, 'folder'>,
    signal?: AbortSignal,
  ): Promise<Plan>
  /** Saves into this destination. */
  saver(opened: OpenDestination, maxFileSizeBytes?: number): Saver
  /** Copies what the plan has to copy; see `replicate`. */
  replicate(
    prepared: PreparedPlan,
    options: Omit<ReplicateOptions, 'saver' | 'carry'> & {
      maxFileSizeBytes?: number | undefined
      /** Another than `saver` gives. */
      saver?: Saver | undefined
    },
    listener: ReplicateListener,
    signal: AbortSignal,
  ): Promise<void>
  close(): Promise<void>
}

/** Builds every service, for the desktop and the terminal alike. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { site, key, connections, log, waiting, timing = {} } = options
  const turns = createTurns(Math.min(connections, MOST_WHILE_PLANNING))
  const streams = createConnections(connections)
  const retry: RetryPolicy = {
    ...patient,
    ...timing,
    retrying(error, delayMs) {
      turns.failed(error)
      if (wantsLess(error)) streams.halve()
      const seconds = Math.round(delayMs / 1000)
      if (seconds >= 2) waiting?.(`${messageOf(error)} Trying again in ${seconds} s.`)
    },
  }
  const http = createHttp({ ...options.network, ...timing, ...(log && { log }) })
  const catalogue = createCatalogue({ site, key, http, retry })
  const logins = await readDockerLogins()
  const credentials = (registry: string): Credentials | undefined => {
    if (registry === site.registryName)
      return key.kind === 'none' ? undefined : { kind: 'key', key: key.secret }
    const login = logins.get(registry)
    return login && { kind: 'password', username: login.user, password: new Secret(login.password) }
  }
  const limit = createRateLimit(options.limitBytesPerSecond)
  const asked = createRegistry({
    http,
    site,
    credentials,
    retry,
    limit,
    outage: options.outage,
    ...(log && { log }),
  })
  const registry = keepingDocuments(asked)
  const fetchAhead = createFetchAhead({
    connections: streams,
    range: ({ repository, descriptor }, range, given) =>
      registry.range(repository, descriptor, range, given),
  })
  /** Who limits the line does not want anything fetched that need not be. */
  const lineBytesPerSecond = (): number | undefined =>
    limit.bytesPerSecond === undefined ? fetchAhead.bytesPerSecond() : undefined
  const isOnSite = (reference: Reference): boolean => reference.registry === site.registryName

  const changeKeyOf = async (
    reference: Reference,
    signal?: AbortSignal,
  ): Promise<string | undefined> => {
    if (!isOnSite(reference)) return undefined
    const tags = await catalogue.tags(reference.repository, signal)
    return tags.find(({ tag }) => tag === reference.tag)?.changeKey
  }

  const planInto: Core['planInto'] = (opened, request, signal) => {
    const { registryName } = site
    const { inTurn } = turns
    const sources = { catalogue, registry, registryName, inTurn, changeKeyOf }
    return planRequest(sources, opened, request, signal)
  }

  const throughDocker =
    options.docker &&
    saveThroughDocker({
      ...options.docker,
      credentialsFor: ({ reference }) =>
        registry.access(reference) === 'guest-instead'
          ? undefined
          : credentials(reference.registry),
    })

  const saver: Core['saver'] = (
    { destination, state, checksums, held, driveFiles },
    maxFileSizeBytes,
  ) =>
    createSaver({
      folder: destination.folder,
      saveImage:
        throughDocker ??
        ((image, parts, signal) =>
          saveImage(image, { ...parts, source: fetchAhead, lineBytesPerSecond }, signal)),
      state,
      checksums,
      held,
      driveFiles,
      maxFileSizeBytes: smallest(maxFileSizeBytes, destination.largestFileBytes),
      async descriptionOf({ reference }, signal) {
        if (!isOnSite(reference)) return undefined
        const until = AbortSignal.any([signal, AbortSignal.timeout(DESCRIPTION_TIMEOUT_MS)])
        return (await catalogue.repository(reference.repository, until)).description
      },
    })

  const rememberingSaver: Core['saver'] = (opened, maxFileSizeBytes) => {
    const plain = saver(opened, maxFileSizeBytes)
    return options.history
      ? rememberSaves(plain, opened.destination.folder, options.history)
      : plain
  }

  return {
    catalogue,
    registry,
    limit,
    openDestination,
    planInto,
    saver: rememberingSaver,

    async plan({ folder, mayBeReadOnly = false, ...request }, signal) {
      const opened = await openDestination(folder, { mayBeReadOnly, ...(signal && { signal }) })
      return { plan: await planInto(opened, request, signal), opened }
    },

    async replicate(
      { plan, opened },
      { maxFileSizeBytes, saver: given, ...rest },
      listener,
      signal,
    ) {
      const { folder } = plan.destination
      const isDone =
        plan.carried.length === 0 && plan.images.every(({ state }) => state === 'present')
      const unlock = isDone || plan.missingBytes > 0 ? undefined : await occupyFolder(folder)
      try {
        const chosen = given ?? rememberingSaver(opened, maxFileSizeBytes)
        const parts = {
          saver: chosen,
          async carry(file: CarriedFile, until: AbortSignal) {
            await carry(folder, file, opened.checksums, until)
            await opened.driveFiles.update()
          },
        }
        await replicate(plan, { ...parts, ...rest }, listener, signal)
      } finally {
        await unlock?.()
      }
    },

    close: () => http.close(),
  }
}

/** A description is worth a moment, not the patience that an image is. */
const DESCRIPTION_TIMEOUT_MS = 20_000

/** Short answers gain nothing from more, and a catalogue is not to be stormed. */
const MOST_WHILE_PLANNING = 8
