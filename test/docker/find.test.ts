import { spawn } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parseEngineAddress } from '../../main/docker/address.ts'
import { chooseEngine, findEngines } from '../../main/docker/find-engines.ts'
import { probe } from '../../main/docker/probe.ts'
import { makeCertificates } from '../support/certificates.ts'
import { runCli } from '../support/cli.ts'
import { startDocker, startPodman, type Engine } from '../support/engines.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { serve } from '../support/server.ts'

function withoutPrograms(): void {
  const { PATH } = process.env
  process.env['PATH'] = '/nonexistent'
  onTestFinished(() => {
    process.env['PATH'] = PATH
  })
}

const nowhere = { home: '/nonexistent', containerdSockets: [] }

describeWith(['dockerd', 'docker'], 'a Docker that answers', () => {
  let docker: Engine
  beforeAll(async () => {
    docker = await startDocker()
  })
  afterAll(() => docker?.stop())

  it('is found where DOCKER_HOST says, and doctor tells of it', async () => {
    const env = { DOCKER_HOST: `unix://${docker.socket}`, DOCKER_CONFIG: '/nonexistent' }
    const { code, stdout } = await runCli(['doctor'], { env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Docker \S+, API \d/m)
    expect(stdout).toMatch(/stores in .*data \(\w+\), .* free/)
    const json = await runCli(['doctor', '--json'], { env })
    expect(JSON.parse(json.stdout)).toMatchObject({
      engines: expect.arrayContaining([
        expect.objectContaining({ kind: 'docker', origin: 'DOCKER_HOST' }),
      ]),
    })
  })

  it('is found in the context that is in use', async () => {
    const folder = await temporaryFolder()
    const meta = join(folder, 'contexts', 'meta', 'lab')
    await mkdir(meta, { recursive: true })
    const Endpoints = { docker: { Host: `unix://${docker.socket}` } }
    await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: 'lab', Endpoints }))
    await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: 'lab' }))
    const engine = await chooseEngine('docker', { ...nowhere, env: { DOCKER_CONFIG: folder } })
    expect(engine.facts.origin).toBe('context lab')
  })

  it('is reached through the system’s own ssh', async () => {
    const folder = await temporaryFolder()
    // Stands in for ssh: it runs the far command here, and tells what it was asked.
    const script = `#!/bin/sh\necho "$@" > ${folder}/asked\nexec docker --host unix://${docker.socket} system dial-stdio\n`
    await writeFile(join(folder, 'ssh'), script)
    await chmod(join(folder, 'ssh'), 0o755)
    const env = {
      DOCKER_HOST: 'ssh://ada@lab.example:2222',
      DOCKER_CONFIG: '/nonexistent',
      PATH: `${folder}:${process.env['PATH']}`,
    }
    const { stdout } = await runCli(['doctor', '--json'], { env })
    expect(JSON.parse(stdout)).toMatchObject({
      engines: expect.arrayContaining([
        expect.objectContaining({ kind: 'docker', address: 'ssh://ada@lab.example:2222' }),
      ]),
    })
    expect((await readFile(join(folder, 'asked'), 'utf8')).trim()).toMatch(
      /-l ada -p 2222 -- lab\.example docker system dial-stdio$/,
    )
  })

  it('that may not be used is told so, with the group to join', async () => {
    await chmod(docker.socket, 0o600)
    onTestFinished(() => chmod(docker.socket, 0o666))
    await chmod(join(docker.socket, '..'), 0o755)
    // As nobody, who may read the program that is tested.
    const script = `
      const { probe } = await import(${JSON.stringify(join(import.meta.dirname, '../../main/docker/probe.ts'))})
      const address = { kind: 'socket', path: ${JSON.stringify(docker.socket)} }
      const { state, error } = await probe({ origin: 'Docker', address, isChosen: false })
      console.log(JSON.stringify({ state, code: error.code, message: error.message, hint: error.hint }))`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      uid: 65534,
      gid: 65534,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    expect(JSON.parse(await text(child.stdout))).toMatchObject({
      state: 'fails',
      code: 'denied',
      hint: expect.stringContaining('docker group'),
    })
  })
})

describe('where no engine answers', () => {
  it('that is said, with what to do', async () => {
    withoutPrograms()
    await expect(chooseEngine('podman', { ...nowhere, env: {} })).rejects.toMatchObject({
      code: 'engine',
      message: 'No Podman answers on this machine.',
      hint: expect.stringContaining('install Podman'),
    })
  })

  it('no other Docker is taken for the one that the user named', async () => {
    const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' }
    await expect(chooseEngine(undefined, { ...nowhere, env })).rejects.toThrow(
      'The engine at /nonexistent/docker.sock does not answer.',
    )
  })

  it('a server that speaks something else is told so', async () => {
    const server = await serve((_request, response) => response.end('{"hello": 1}'))
    onTestFinished(() => server.close())
    const address = parseEngineAddress(`tcp://${server.host}`)
    const found = await probe({ origin: 'DOCKER_HOST', address, isChosen: true })
    expect(found).toMatchObject({
      state: 'fails',
      error: { message: expect.stringContaining("does not speak Docker's API") },
    })
  })

  it('an engine that never answers is told so, and does not keep the program from ending', async () => {
    const server = await serve(() => undefined)
    onTestFinished(() => server.close())
    const env = { DOCKER_HOST: `tcp://${server.host}` }
    const { code, stdout } = await runCli(['doctor'], { env })
    expect(code).toBeLessThan(2)
    expect(stdout).toContain('does not answer in time')
  })

  it('a socket that nobody listens on is no problem', async () => {
    const path = join(await temporaryFolder(), 'left.sock')
    const server = net.createServer().listen(path)
    await new Promise((listening) => server.once('listening', listening))
    await new Promise((closed) => server.close(closed))
    await writeFile(path, '')
    const found = await probe({
      origin: 'Docker',
      address: { kind: 'socket', path },
      isChosen: false,
    })
    expect(found.state).toBe('absent')
  })

  it('the ctr and podman commands may be absent', async () => {
    withoutPrograms()
    expect(await findEngines({ ...nowhere, env: {} })).toMatchObject({
      podman: { state: 'absent' },
      containerd: [],
    })
  })
})

describe('an engine behind TLS', () => {
  it('is asked only where its certificate is trusted', async () => {
    const { authority, server: pair } = await makeCertificates()
    const asked = await serve((request, response) => {
      const body = request.url.endsWith('/version')
        ? { Version: '27.0.1', ApiVersion: '1.46' }
        : { Driver: 'overlay2', DockerRootDir: '/nonexistent' }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }, pair)
    onTestFinished(() => asked.close())
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'ca.pem'), authority)
    const at = (tls: { folder?: string; isVerified: boolean }) =>
      probe({
        origin: 'x',
        address: parseEngineAddress(`tcp://${asked.host}`, tls),
        isChosen: true,
      })
    expect(await at({ folder, isVerified: true })).toMatchObject({
      state: 'answers',
      engine: { facts: { name: 'Docker 27.0.1', storageDriver: 'overlay2' } },
    })
    expect(await at({ isVerified: true })).toMatchObject({ state: 'fails' })
    expect(await at({ isVerified: false })).toMatchObject({ state: 'answers' })
  })
})

describeWith(['podman'], 'Podman behind Docker’s API', () => {
  it('is known for what it is, and DOCKER_HOST may name it', async () => {
    const podman = await startPodman()
    try {
      const env = { DOCKER_HOST: `unix://${podman.socket}` }
      const engine = await chooseEngine(undefined, { ...nowhere, env })
      expect(engine.facts).toMatchObject({ kind: 'podman', origin: 'DOCKER_HOST' })
    } finally {
      await podman.stop()
    }
  })
})
