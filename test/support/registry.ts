import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createHttp, type Http } from '../../main/net/http.ts'
import type { Descriptor, Published } from '../../main/registry/manifest.ts'
import type { Certificate } from './certificates.ts'

/** A real docker-registry on a free loopback port, its storage in a temporary folder. */
export interface RealRegistry {
  /** `127.0.0.1:PORT`, as it stands in references. */
  readonly host: string
  readonly address: URL
  /** Uploads the blobs, then the manifest, under a tag or, without one, under its digest. */
  push(repository: string, image: Pushed, tag?: string): Promise<void>
  /** Ends the process that was started and removes its folder. */
  stop(): Promise<void>
}

export interface Pushed {
  readonly manifest: Published
  readonly config?: Published
  readonly layers?: readonly { readonly descriptor: Descriptor; readonly bytes: Uint8Array }[]
}

/** Who may use a registry that was started with `login`. */
export const login = { username: 'exporter', password: 'made for tests' }
const HTPASSWD = 'exporter:$2y$05$PY7ieB/6sA3gfzVtv153w.FEEZTcpLIvoca698BIj9D4N12NaAFi2\n'

export async function startRegistry(
  options: { login?: boolean; certificate?: Certificate; authority?: string } = {},
): Promise<RealRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-registry-'))
  const { certificate } = options
  await writeFile(join(folder, 'htpasswd'), HTPASSWD)
  if (certificate) {
    await writeFile(join(folder, 'cert.pem'), certificate.certificate)
    await writeFile(join(folder, 'key.pem'), certificate.key)
  }
  const configuration = {
    version: '0.1',
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: {
      addr: '127.0.0.1:0',
      ...(certificate && {
        tls: { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') },
      }),
    },
    ...(options.login === true && {
      auth: { htpasswd: { realm: 'practice', path: join(folder, 'htpasswd') } },
    }),
  }
  // JSON is YAML.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(configuration))
  const process = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const host = await listening(process)
  const address = new URL(`${certificate ? 'https' : 'http'}://${host}`)
  const http = createHttp({
    ...(options.authority !== undefined && { extraCertificates: [options.authority] }),
  })
  const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  const headers: Record<string, string> = options.login === true ? { authorization } : {}

  return {
    host,
    address,
    push: (repository, image, tag) => push(http, address, headers, repository, image, tag),
    async stop() {
      await http.close()
      if (process.exitCode === null) {
        const ended = once(process, 'exit')
        process.kill()
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The registry chooses its port and says so in its log. */
async function listening(process: ChildProcess): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: process.stderr! })) {
    said.push(line)
    const found = /listening on (127\.0\.0\.1:\d+)/.exec(line)
    if (!found) continue
    process.stderr!.resume()
    return found[1]!
  }
  throw new Error(`docker-registry did not start: ${said.join('\n')}`)
}

async function push(
  http: Http,
  address: URL,
  headers: Record<string, string>,
  repository: string,
  { manifest, config, layers = [] }: Pushed,
  tag?: string,
): Promise<void> {
  const base = new URL(`/v2/${repository}/`, address)
  const send = async (
    method: 'POST' | 'PUT',
    url: URL,
    body?: Uint8Array,
    contentType = 'application/octet-stream',
  ): Promise<string> => {
    const answer = await http.request(url, {
      method,
      headers: { ...headers, 'content-type': contentType },
      ...(body && { body }),
    })
    answer.body.resume()
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${method} ${url.pathname}: ${answer.status}`)
    }
    return answer.headers['location'] ?? ''
  }
  const blobs = new Map(
    [...(config ? [config] : []), ...layers].map((b) => [b.descriptor.digest, b]),
  )
  for (const [digest, { bytes }] of blobs) {
    const upload = new URL(await send('POST', new URL('blobs/uploads/', base)), address)
    upload.searchParams.set('digest', digest)
    await send('PUT', upload, bytes)
  }
  const { digest, mediaType } = manifest.descriptor
  await send('PUT', new URL(`manifests/${tag ?? digest}`, base), manifest.bytes, mediaType)
}
