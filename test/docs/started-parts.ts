import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { helloProgram } from '../../main/sandbox/hello.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { makeCertificates } from '../support/certificates.ts'
import { startContainerd, startDocker, startPodman, type Engine } from '../support/engines.ts'
import type { Part } from '../support/part.ts'
import { login, startRegistry, type RealRegistry } from '../support/registry.ts'

/** What a block of the documentation may ask for, and the system's programs that this needs. */
export const needs = {
  'empty stick': [],
  registry: ['docker-registry'],
  'registry with certificate': ['docker-registry', 'openssl'],
  docker: ['dockerd', 'docker'],
  podman: ['podman'],
  containerd: ['containerd', 'ctr'],
} satisfies Readonly<Record<string, readonly Part[]>>

export type Need = keyof typeof needs

export function isNeed(word: string): word is Need {
  return Object.hasOwn(needs, word)
}

/** Real engines and registries, each started when a block first asks for it. */
export class StartedParts {
  readonly #engines = new Map<Need, Promise<Engine>>()
  readonly #registries = new Map<Need, Promise<FilledRegistry>>()

  /** What the environment must say, and the registry's host; logins and certificates go to that folder. */
  async provide(
    asked: readonly Need[],
    folder: string,
  ): Promise<{ host: string; env: NodeJS.ProcessEnv }> {
    const config = join(folder, 'docker')
    await mkdir(config)
    const env: NodeJS.ProcessEnv = { DOCKER_CONFIG: config }
    let host = 'registry.example:5000'
    for (const need of asked) {
      const engine = this.#engine(need)
      Object.assign(env, (await engine)?.env)
      const registry = await this.#registry(need)
      if (registry === undefined) continue
      host = registry.real.host
      const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64')
      await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }))
      await writeFile(join(folder, 'company-ca.pem'), registry.authority)
    }
    return { host, env }
  }

  async stop(): Promise<void> {
    for (const engine of this.#engines.values()) await (await engine).stop()
    for (const registry of this.#registries.values()) await (await registry).real.stop()
  }

  #engine(need: Need): Promise<Engine> | undefined {
    const started = this.#engines.get(need) ?? engines[need]?.()
    if (started) this.#engines.set(need, started)
    return started
  }

  #registry(need: Need): Promise<FilledRegistry> | undefined {
    if (!need.startsWith('registry')) return undefined
    const started = this.#registries.get(need) ?? startFilled(need === 'registry with certificate')
    this.#registries.set(need, started)
    return started
  }
}

const engines: Partial<Record<Need, () => Promise<Engine>>> = {
  docker: startDocker,
  podman: startPodman,
  containerd: startContainerd,
}

interface FilledRegistry {
  readonly real: RealRegistry
  /** PEM; empty where it speaks plain HTTP. */
  readonly authority: string
}

/** Wants a login, and holds `tools/hello:1`. */
async function startFilled(hasCertificate: boolean): Promise<FilledRegistry> {
  const made = hasCertificate ? await makeCertificates() : undefined
  const tls = made && { certificate: made.server, authority: made.authority }
  const real = await startRegistry({ login: true, ...tls })
  const files = { 'bin/hello': { bytes: helloProgram('amd64', 'hello'), mode: 0o755 } }
  const image = makeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    layers: [makeLayer({ seed: 'hello', files })],
    entrypoint: ['/bin/hello'],
  })
  await real.push('tools/hello', image, '1')
  return { real, authority: made?.authority ?? '' }
}
