import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatEngineAddress, parseEngineAddress } from '../../main/docker/address.ts'
import { engineCandidates, type Surroundings } from '../../main/docker/candidates.ts'
import { readContexts } from '../../main/docker/contexts.ts'
import { temporaryFolder } from '../support/made-tarball.ts'

const none = { current: 'default', all: [] }
const linux: Surroundings = {
  platform: 'linux',
  env: { XDG_RUNTIME_DIR: '/run/user/1000' },
  home: '/home/ada',
  uid: 1000,
  contexts: none,
}

const places = (surroundings: Partial<Surroundings>): string[] =>
  engineCandidates({ ...linux, ...surroundings }).map(({ address }) => formatEngineAddress(address))

describe('the places where an engine may answer', () => {
  it('on Linux are the sockets of Docker, of Docker Desktop, rootless ones, and those of Podman', () => {
    expect(places({})).toEqual([
      '/var/run/docker.sock',
      '/run/user/1000/docker.sock',
      '/home/ada/.docker/desktop/docker.sock',
      '/home/ada/.docker/run/docker.sock',
      '/run/user/1000/podman/podman.sock',
      '/run/podman/podman.sock',
    ])
  })

  it('on Linux without a session are guessed from the user', () => {
    expect(places({ env: {} })).toContain('/run/user/1000/podman/podman.sock')
  })

  it('on macOS are those of Docker Desktop and its like, and of the Podman machine', () => {
    const found = places({
      platform: 'darwin',
      env: { TMPDIR: '/var/folders/x' },
      home: '/Users/ada',
    })
    expect(found).toContain('/Users/ada/.docker/run/docker.sock')
    expect(found).toContain('/var/run/docker.sock')
    expect(found).toContain('/Users/ada/.local/share/containers/podman/machine/podman.sock')
    expect(found).toContain('/var/folders/x/podman/podman-machine-default-api.sock')
  })

  it('on Windows are named pipes', () => {
    expect(places({ platform: 'win32', env: {}, home: 'C:\\Users\\ada' })).toEqual([
      '//./pipe/docker_engine',
      '//./pipe/dockerDesktopLinuxEngine',
      '//./pipe/podman-machine-default',
    ])
  })

  it('begin with what DOCKER_HOST says, with its certificates', () => {
    const env = {
      DOCKER_HOST: 'tcp://lab.example:2376',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: '/home/ada/certs',
    }
    expect(engineCandidates({ ...linux, env })[0]).toEqual({
      origin: 'DOCKER_HOST',
      isChosen: true,
      address: {
        kind: 'tcp',
        host: 'lab.example',
        port: 2376,
        tls: { isVerified: true, folder: '/home/ada/certs' },
      },
    })
  })

  it('name each address once, the first reason for it', () => {
    const [first, ...others] = engineCandidates({
      ...linux,
      env: { ...linux.env, DOCKER_HOST: 'unix:///var/run/docker.sock' },
    })
    expect(first).toMatchObject({ origin: 'DOCKER_HOST', isChosen: true })
    expect(others.map(({ address }) => formatEngineAddress(address))).not.toContain(
      '/var/run/docker.sock',
    )
  })

  it('begin with the context in use, which DOCKER_CONTEXT changes and DOCKER_HOST overrules', async () => {
    const folder = await temporaryFolder()
    await writeContext(folder, 'lab', { Host: 'ssh://ada@lab.example:2222' })
    await writeContext(folder, 'rack', { Host: 'tcp://rack.example:2376', SkipTLSVerify: true })
    await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: 'lab' }))
    const contexts = await readContexts(folder)
    const first = (env: Record<string, string>): unknown =>
      engineCandidates({ ...linux, env, contexts })[0]
    expect(first({})).toEqual({
      origin: 'context lab',
      isChosen: true,
      address: { kind: 'ssh', host: 'lab.example', user: 'ada', port: 2222 },
    })
    const id = createHash('sha256').update('rack').digest('hex')
    expect(first({ DOCKER_CONTEXT: 'rack' })).toMatchObject({
      origin: 'context rack',
      address: {
        host: 'rack.example',
        tls: { isVerified: false, folder: join(folder, 'contexts', 'tls', id, 'docker') },
      },
    })
    expect(first({ DOCKER_HOST: 'tcp://127.0.0.1:2375' })).toMatchObject({ origin: 'DOCKER_HOST' })
    expect(places({ env: {}, contexts })).toContain('https://rack.example:2376')
  })

  it('are the usual ones where docker was never set up, or its settings are odd', async () => {
    const folder = await temporaryFolder()
    expect(await readContexts(folder)).toEqual(none)
    await mkdir(join(folder, 'contexts', 'meta', 'odd'), { recursive: true })
    await writeFile(join(folder, 'contexts', 'meta', 'odd', 'meta.json'), '{"Name": 3}')
    await writeFile(join(folder, 'config.json'), 'not JSON')
    expect(await readContexts(folder)).toEqual(none)
  })
})

describe('the address of an engine', () => {
  it.each([
    ['unix:///run/docker.sock', '/run/docker.sock'],
    ['npipe:////./pipe/docker_engine', '//./pipe/docker_engine'],
    ['tcp://127.0.0.1:2375', 'tcp://127.0.0.1:2375'],
    ['127.0.0.1:2375', 'tcp://127.0.0.1:2375'],
    ['tcp://[::1]', 'tcp://[::1]:2375'],
    ['https://lab.example', 'https://lab.example:2376'],
    ['ssh://ada@lab.example', 'ssh://ada@lab.example'],
  ])('%s is understood', (text, shown) => {
    expect(formatEngineAddress(parseEngineAddress(text))).toBe(shown)
  })

  it.each(['', 'ftp://lab.example', 'tcp://', 'unix://', 'tcp://lab example'])(
    '“%s” is refused in words',
    (text) => {
      expect(() => parseEngineAddress(text)).toThrow('names no address of an engine')
    },
  )
})

async function writeContext(folder: string, name: string, docker: object): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex')
  const meta = join(folder, 'contexts', 'meta', id)
  await mkdir(meta, { recursive: true })
  const document = { Name: name, Metadata: {}, Endpoints: { docker } }
  await writeFile(join(meta, 'meta.json'), JSON.stringify(document))
}
