import { messageOf } from '../api/errors.ts'
import { createHttp, type HttpOptions } from '../net/http.ts'
import type { RateLimit } from '../net/rate-limit.ts'
import { patient, type RetryPolicy } from '../net/retry.ts'
import { Secret } from '../ngc/secret.ts'
import { publicSite } from '../ngc/site.ts'
import type { Credentials } from '../registry/credentials.ts'
import { readDockerLogins } from '../registry/docker-credentials.ts'
import { keepBegunUploads } from '../registry/upload/begun-uploads.ts'
import { createUploads } from '../registry/upload/uploads.ts'
import { findPushable } from './push-files.ts'
import { planPushes, type PushPlan } from './push-plan.ts'
import { insecureHostsOf, type PushTarget } from './push-target.ts'
import { createPusher, push, type Pusher, type PushListener } from './push.ts'
import type { PushableImage } from './pushable-image.ts'

export interface PushSettings {
  readonly target: PushTarget
  /** Else what `docker login` keeps for the registry, else as guest. */
  readonly login?: { readonly username: string; readonly password: string } | undefined
  /** PEM texts of certificate authorities to trust besides the system's. */
  readonly authorities?: readonly string[]
  /** Plain HTTP also where the registry is not on this computer. */
  readonly isInsecureAllowed?: boolean
  /** Hosts of token services that may be sent the password, besides the registry's own. */
  readonly tokenHosts?: readonly string[]
  /** Layers at once. */
  readonly connections?: number
  readonly limit?: RateLimit | undefined
  /** Where this machine keeps what another run is to go on with; layers that were begun are sent anew without. */
  readonly machineFolder?: string
  readonly network?: Pick<HttpOptions, 'proxy'>
  readonly log?: ((line: string) => void) | undefined
  /** Told in words when a request failed and is tried again after some seconds. */
  readonly waiting?: ((message: string) => void) | undefined
}

/** One registry to push to. */
export interface OpenPush {
  /** What would be pushed of folders and tarballs, of all or of the named images. Asks the registry; changes nothing. */
  planFiles(
    paths: readonly string[],
    names?: readonly string[],
    signal?: AbortSignal,
  ): Promise<PushPlan>
  planImages(images: readonly PushableImage[], signal?: AbortSignal): Promise<PushPlan>
  /** See `push`. */
  push(plan: PushPlan, listener: PushListener, signal: AbortSignal): Promise<void>
  /** For images that come one by one; keep it for all of a plan. */
  createPusher(): Pusher
  close(): Promise<void>
}

/** Speaks to the registry that is named and, where it wants tokens, to its token service; to nobody else. */
export async function openPush(settings: PushSettings): Promise<OpenPush> {
  const { target, login, authorities = [], tokenHosts = [], connections = 4, limit } = settings
  const { log, waiting, machineFolder } = settings
  const retry: RetryPolicy = {
    ...patient,
    retrying(error, delayMs) {
      const seconds = Math.round(delayMs / 1000)
      if (seconds >= 2) waiting?.(`${messageOf(error)} Trying again in ${seconds} s.`)
    },
  }
  const credentials = await credentialsFor(target, login)
  const http = createHttp({
    ...settings.network,
    extraCertificates: authorities,
    ...(log && { log }),
  })
  const uploads = createUploads({
    http,
    site: publicSite,
    credentials: (registry) => (registry === target.registry ? credentials : undefined),
    trustedRealms: tokenHosts,
    insecureHosts: insecureHostsOf(target, settings.isInsecureAllowed === true),
    retry,
    ...(limit && { limit }),
    ...(machineFolder !== undefined && { begun: keepBegunUploads(machineFolder) }),
    ...(log && { log }),
  })
  const options = { uploads, connections }
  return {
    async planFiles(paths, names, signal) {
      const { images, failures } = await findPushable(paths, names, signal)
      const plan = await planPushes(images, target, uploads, signal)
      return { ...plan, failures: [...failures, ...plan.failures] }
    },
    planImages: (images, signal) => planPushes(images, target, uploads, signal),
    push: (plan, listener, signal) => push(plan, options, listener, signal),
    createPusher: () => createPusher(options),
    close: () => http.close(),
  }
}

async function credentialsFor(
  { registry }: PushTarget,
  login: PushSettings['login'],
): Promise<Credentials | undefined> {
  const stored = (await readDockerLogins()).get(registry)
  const found = login ?? (stored && { username: stored.user, password: stored.password })
  return (
    found && {
      kind: 'password',
      username: found.username,
      password: new Secret(found.password),
    }
  )
}
