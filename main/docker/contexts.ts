import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** One place where an engine is, as `docker context` keeps it. */
export interface DockerContext {
  readonly name: string
  /** `unix:///…`, `tcp://…`, `ssh://…`. */
  readonly host: string
  readonly skipsTlsVerification: boolean
  /** Has the context's certificates. */
  readonly tlsFolder: string
  readonly hasCertificates: boolean
}

export interface DockerContexts {
  /** The name of the one in use; `default` means none of them. */
  readonly current: string
  readonly all: readonly DockerContext[]
}

/**
 * Reads the contexts in docker's folder (DOCKER_CONFIG, or `.docker` in the home folder): `config.json` names the one in use,
 * `contexts/meta/<id>/meta.json` describes each, `contexts/tls/<id>/docker/` has its certificates, where the id is the
 * SHA-256 of the name. What is missing or odd is no context.
 */
export async function readContexts(folder: string): Promise<DockerContexts> {
  const config = configSchema.safeParse(await readJson(join(folder, 'config.json')))
  const meta = join(folder, 'contexts', 'meta')
  const ids = await readdir(meta).catch(() => [])
  const all = await Promise.all(
    ids.map(async (id): Promise<DockerContext[]> => {
      const parsed = metaSchema.safeParse(await readJson(join(meta, id, 'meta.json')))
      const endpoint = parsed.data?.Endpoints.docker
      if (!parsed.success || !endpoint?.Host) return []
      const name = parsed.data.Name
      const tlsFolder = join(folder, 'contexts', 'tls', idOf(name), 'docker')
      return [
        {
          name,
          host: endpoint.Host,
          skipsTlsVerification: endpoint.SkipTLSVerify === true,
          tlsFolder,
          hasCertificates: (await readdir(tlsFolder).catch(() => [])).length > 0,
        },
      ]
    }),
  )
  return { current: config.data?.currentContext || 'default', all: all.flat() }
}

const configSchema = z.object({ currentContext: z.string().optional() })

const metaSchema = z.object({
  Name: z.string(),
  Endpoints: z.object({
    docker: z
      .object({ Host: z.string().optional(), SkipTLSVerify: z.boolean().optional() })
      .optional(),
  }),
})

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}
