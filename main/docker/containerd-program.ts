import { access, constants } from 'node:fs/promises'
import { AppError } from '../api/errors.ts'
import { toldFreeBytesOf } from '../disk/space.ts'
import { indexSchema, manifestSchema } from '../registry/manifest.ts'
import { isDigest, type Digest } from '../registry/reference.ts'
import type { ContainerEngine } from './engine.ts'
import { codeOf } from './failure.ts'
import { runProgram, type RunOptions } from './program.ts'

/** Where containerd listens: its own, k3s's and RKE2's, MicroK8s's. */
export const CONTAINERD_SOCKETS = [
  '/run/containerd/containerd.sock',
  '/run/k3s/containerd/containerd.sock',
  '/var/snap/microk8s/common/run/containerd.sock',
]

export interface ContainerdOptions {
  readonly socket: string
  /** Images belong to one; `default` is ctr's, `k8s.io` is Kubernetes's. */
  readonly namespace: string
}

/**
 * containerd through `ctr`, which comes with it: its API is gRPC, and its import unpacks on the client's side. Throws
 * AppError `denied`, `engine` or `not-found`.
 */
export async function containerdProgram(
  { socket, namespace }: ContainerdOptions,
  signal?: AbortSignal,
): Promise<ContainerEngine> {
  await access(socket, constants.R_OK | constants.W_OK).catch((cause: unknown) => {
    throw codeOf(cause) === 'ENOENT'
      ? new AppError('not-found', `containerd is not at ${socket}.`, { cause })
      : new AppError('denied', `You may not use containerd: ${socket} refuses you.`, {
          hint: 'Run this as root (sudo).',
          cause,
        })
  })
  let engine = 'containerd'
  const run = (
    arguments_: readonly string[],
    more: Omit<RunOptions, 'engine'> = {},
    until?: AbortSignal,
  ): Promise<string> => {
    const all = ['--address', socket, '--namespace', namespace, ...arguments_]
    return runProgram('ctr', all, { ...more, engine }, until)
  }
  // The client tells its own version first, then the server's.
  const told = await run(['version'], {}, signal)
  const version = /Server:\s+Version:\s+(\S+)/.exec(told)?.[1] ?? 'of an unknown version'
  engine = `containerd ${version}`
  const plugins = await run(['plugins', 'list', '--detailed', 'id==content'], {}, signal)
  const storageFolder = /root\s+(\/.*)\/io\.containerd\.content\.v1\.content$/m.exec(plugins)?.[1]
  const freeBytes = storageFolder === undefined ? undefined : await toldFreeBytesOf(storageFolder)

  const content = async (digest: Digest, until?: AbortSignal): Promise<unknown> =>
    JSON.parse(await run(['content', 'get', digest], {}, until))

  /** The digest that a name stands for, with those of its manifests and configs. */
  const digestsOf = async (target: Digest, until?: AbortSignal): Promise<Digest[]> => {
    const document = await content(target, until)
    const manifest = manifestSchema.safeParse(document)
    if (manifest.success) return [target, manifest.data.config.digest]
    const index = indexSchema.safeParse(document)
    const children = index.data?.manifests.map(({ digest }) => digest) ?? []
    // Of an index's platforms, those that were not imported are absent.
    const inner = await Promise.all(
      children.map((child) => digestsOf(child, until).catch((): Digest[] => [])),
    )
    return [target, ...inner.flat()]
  }

  return {
    facts: {
      kind: 'containerd',
      name: engine,
      version,
      origin: `namespace ${namespace}`,
      address: socket,
      ...(storageFolder !== undefined && { storageFolder }),
      ...(freeBytes !== undefined && { freeBytes }),
      hasContainerdStore: true,
    },

    async find(name, until) {
      const filter = isDigest(name)
        ? `target.digest==${name}`
        : `name==${JSON.stringify(fullName(name))}`
      const printed = await run(['images', 'list', filter], {}, until)
      // A line of the table: its name, its type, its digest, and more.
      const [, row = ''] = printed.split('\n')
      const [id, , target] = row.split(/\s+/)
      if (id === undefined || target === undefined || !isDigest(target)) return undefined
      return { id, digests: new Set(await digestsOf(target, until)) }
    },

    // It tells snapshots by chain ids; unpacking again what is there costs nothing.
    layers: async () => new Set(),

    async tag(id, reference, until) {
      await run(['images', 'tag', '--', id, fullName(reference)], {}, until)
    },

    async load(tarball, listener, until) {
      const printed = await run(
        ['images', 'import', '-'],
        { input: tarball, said: listener.said },
        until,
      )
      for (const line of printed.split('\n')) if (line) listener.said?.(line)
    },
  }
}

/** As containerd writes what Docker writes in short: `busybox:1` is `docker.io/library/busybox:1`. */
function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/')
  if (rest.length === 0) return `docker.io/library/${name}`
  return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`
}
