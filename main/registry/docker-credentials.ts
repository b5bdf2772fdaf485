import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Who to be at a registry: from `docker login`. */
export interface StoredLogin {
  readonly user: string
  readonly password: string
}

const fileSchema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional(),
})

/**
 * The logins that `docker login` keeps in its config.json (DOCKER_CONFIG, or .docker in the home folder), by registry
 * host. Logins kept by a credential helper are not read. A missing or odd file is no login.
 */
export async function readDockerLogins(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Map<string, StoredLogin>> {
  const folder = env['DOCKER_CONFIG'] ?? join(homedir(), '.docker')
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '{}')
  const parsed = fileSchema.safeParse(jsonOf(text))
  const logins = new Map<string, StoredLogin>()
  for (const [address, { auth }] of Object.entries(parsed.data?.auths ?? {})) {
    const [user, ...rest] = Buffer.from(auth ?? '', 'base64')
      .toString('utf8')
      .split(':')
    if (user && rest.length > 0) logins.set(hostOf(address), { user, password: rest.join(':') })
  }
  return logins
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Docker Hub's entry is an address, `https://index.docker.io/v1/`; the others are hosts. */
function hostOf(address: string): string {
  const host = address.replace(/^https?:\/\//, '').split('/', 1)[0] ?? ''
  return host === 'index.docker.io' ? 'docker.io' : host.toLowerCase()
}
