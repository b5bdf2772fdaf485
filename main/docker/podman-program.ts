import { z } from 'zod'
import { AppError } from '../api/errors.ts'
import { toldFreeBytesOf } from '../disk/space.ts'
import { isDigest, type Digest } from '../registry/reference.ts'
import type { ContainerEngine } from './engine.ts'
import { runProgram, type RunOptions } from './program.ts'
import { scratchPlace } from './scratch.ts'

/** Podman through its own command, for where its socket is not served. `options` come before each command. */
export async function podmanProgram(
  options: readonly string[] = [],
  signal?: AbortSignal,
): Promise<ContainerEngine> {
  let engine = 'Podman'
  const run = (
    arguments_: readonly string[],
    more: Omit<RunOptions, 'engine'> = {},
    until?: AbortSignal,
  ): Promise<string> =>
    runProgram('podman', [...options, ...arguments_], { ...more, engine }, until)
  const info = infoSchema.parse(JSON.parse(await run(['info', '--format', 'json'], {}, signal)))
  const version = info.version.Version
  engine = `Podman ${version}`
  const { graphRoot, graphDriverName, imageCopyTmpDir } = info.store
  const freeBytes = await toldFreeBytesOf(graphRoot)
  const scratch = await scratchPlace(imageCopyTmpDir, graphRoot)
  return {
    facts: {
      kind: 'podman',
      name: engine,
      version,
      origin: 'the podman command',
      address: 'podman',
      storageDriver: graphDriverName,
      storageFolder: graphRoot,
      ...(freeBytes !== undefined && { freeBytes }),
      ...(scratch && { scratch }),
      hasContainerdStore: false,
    },

    async find(name, until) {
      try {
        const printed = await run(['image', 'inspect', '--format', 'json', '--', name], {}, until)
        const [found] = imagesSchema.parse(JSON.parse(printed))
        if (found === undefined) return undefined
        const digests = [`sha256:${found.Id}`, found.Digest ?? ''].filter((text): text is Digest =>
          isDigest(text),
        )
        return { id: found.Id, digests: new Set(digests) }
      } catch (error) {
        if (error instanceof AppError && /image not known|no such image/i.test(error.message)) {
          return undefined
        }
        throw error
      }
    },

    async layers(until) {
      const ids = (await run(['images', '--quiet', '--no-trunc'], {}, until)).split('\n')
      const known = [...new Set(ids.filter(Boolean))]
      if (known.length === 0) return new Set()
      const printed = await run(['image', 'inspect', '--format', 'json', '--', ...known], {}, until)
      const images = imagesSchema.parse(JSON.parse(printed))
      return new Set(images.flatMap(({ RootFS }) => RootFS?.Layers ?? []).filter(isDigest))
    },

    async tag(id, reference, until) {
      await run(['tag', '--', id.replace(/^sha256:/, ''), reference], {}, until)
    },

    async load(tarball, listener, until) {
      await run(['load'], { input: tarball, said: listener.said }, until)
    },
  }
}

const infoSchema = z.object({
  version: z.object({ Version: z.string() }),
  store: z.object({
    graphRoot: z.string(),
    graphDriverName: z.string(),
    /** As TMPDIR or containers.conf has it; told since Podman 4. */
    imageCopyTmpDir: z.string().optional(),
  }),
})

const imagesSchema = z.array(
  z.object({
    Id: z.string(),
    Digest: z.string().nullish(),
    RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
  }),
)
