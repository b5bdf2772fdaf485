import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import type { ContainerEngine } from '../../main/docker/engine.ts'
import { readExport, withExport } from '../../main/docker/export.ts'
import { chooseEngine, findEngines } from '../../main/docker/find-engines.ts'
import { isSocketEngine } from '../../main/docker/socket-engine.ts'
import { makeImage, makeLayer, type MadeImage } from '../../main/sandbox/image.ts'
import { makeCertificates } from '../support/certificates.ts'
import { eventsOf, runCli, type Finished } from '../support/cli.ts'
import { output, startDocker, startPodman, type Engine } from '../support/engines.ts'
import { freePort } from '../support/free-port.ts'
import {
  amd64,
  practiceImage,
  practiceReference,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { startRegistry } from '../support/registry.ts'
import { startSshd, type Sshd } from '../support/sshd.ts'

const goOn = new AbortController().signal
const nowhere = { home: '/nonexistent', containerdSockets: [] }

async function asking(DOCKER_HOST: string, env: NodeJS.ProcessEnv = {}): Promise<ContainerEngine> {
  return await chooseEngine('docker', { ...nowhere, env: { ...env, DOCKER_HOST } })
}

/** Loads and exports, the two that carry bytes. */
async function expectToCarry(engine: ContainerEngine, docker: Engine): Promise<void> {
  if (!isSocketEngine(engine)) throw new Error('It is reached by a program.')
  const folder = await temporaryFolder()
  const image = practiceImage(engine.facts.address)
  await writeImage(folder, image)
  await output('sh', ['-c', `docker --host unix://${docker.socket} load -i ${folder}/practice.tar`])
  const exported = await withExport(
    engine,
    practiceReference,
    (bytes) => readExport(bytes, goOn),
    goOn,
  )
  expect(exported.configDigest).toBe(image.config.descriptor.digest)
}

describeWith(['dockerd', 'docker', 'openssl'], 'a Docker that wants certificates', () => {
  let docker: Engine
  let host: string
  let certificates: string
  beforeAll(async () => {
    certificates = await mkdtemp(join(tmpdir(), 'ngc-tls-'))
    const { authority, server } = await makeCertificates()
    await writeFile(join(certificates, 'ca.pem'), authority)
    await writeFile(join(certificates, 'cert.pem'), server.certificate)
    await writeFile(join(certificates, 'key.pem'), server.key)
    host = `tcp://127.0.0.1:${await freePort()}`
    const files = ['ca', 'cert', 'key'].map(
      (one) => `--tls${one === 'ca' ? 'cacert' : one}=${certificates}/${one}.pem`,
    )
    docker = await startDocker({ flags: ['--host', host, '--tlsverify', ...files] })
  })
  afterAll(async () => {
    await docker?.stop()
    await rm(certificates, { recursive: true, force: true })
  })

  it('is spoken to with those of DOCKER_CERT_PATH', async () => {
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates }
    const engine = await chooseEngine('docker', { ...nowhere, env })
    expect(engine.facts).toMatchObject({ kind: 'docker', origin: 'DOCKER_HOST' })
    expect(engine.facts.address).toMatch(/^https:\/\/127\.0\.0\.1:/)
    await expectToCarry(engine, docker)
  })

  it('is spoken to with those of a context that docker made', async () => {
    const DOCKER_CONFIG = await temporaryFolder()
    const endpoint = [
      `host=${host}`,
      ...['ca', 'cert', 'key'].map((one) => `${one}=${certificates}/${one}.pem`),
    ]
    const config = ['--config', DOCKER_CONFIG, 'context']
    await output('docker', [...config, 'create', 'lab', '--docker', endpoint.join(',')])
    await output('docker', [...config, 'use', 'lab'])
    const engine = await chooseEngine('docker', { ...nowhere, env: { DOCKER_CONFIG } })
    expect(engine.facts).toMatchObject({ kind: 'docker', origin: 'context lab' })
    await expectToCarry(engine, docker)
  })

  it('says in words that it wants one, and that its own cannot be trusted', async () => {
    const folder = await temporaryFolder()
    // Unchecked, checked, and without TLS.
    await expect(asking(host, { DOCKER_TLS: '1', DOCKER_CERT_PATH: folder })).rejects.toThrow(
      /wants a certificate/,
    )
    await expect(
      asking(host, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }),
    ).rejects.toThrow(/cannot be trusted/)
    await expect(asking(host)).rejects.toThrow(/speaks TLS/)
  })
})

describeWith(['dockerd', 'docker', 'sshd', 'ssh', 'docker-registry'], 'a Docker behind ssh', () => {
  let docker: Engine
  let sshd: Sshd
  beforeAll(async () => {
    docker = await startDocker()
    sshd = await startSshd({ ...docker.env, PATH: String(process.env['PATH']) })
  })
  afterAll(() => Promise.all([docker?.stop(), sshd?.stop()]))

  const run = (...args: string[]): Promise<Finished> =>
    runCli([...args, '--json'], {
      env: {
        DOCKER_HOST: `ssh://root@127.0.0.1:${sshd.port}`,
        DOCKER_CONFIG: '/nonexistent',
        PATH: `${sshd.programs}:${process.env['PATH']}`,
      },
    })

  // Each of its many connections is a login of its own, which is slow on a busy machine.
  it(
    'is asked, pulls and gives its image through the system’s ssh',
    { timeout: 120_000 },
    async () => {
      const registry = await startRegistry()
      onTestFinished(() => registry.stop())
      const layers = [makeLayer({ seed: 'ssh', sizeBytes: 3_000_000 })]
      const image: MadeImage = makeImage({ platform: amd64, layers })
      await registry.push('acme/hello', image, 'ssh')
      const folder = await temporaryFolder()
      const reference = `${registry.host}/acme/hello:ssh`
      const saved = await run('--source', 'docker', '--output-path', folder, reference)
      expect(saved.stderr).toBe('')
      expect(eventsOf(saved, 'image')).toMatchObject([{ state: 'saved', reference }])
      expect((await runCli(['verify', folder])).stdout).toContain('all intact')
      const loaded = await run('load', folder, '--to', 'docker')
      expect(loaded.code).toBe(0)
      expect(await docker.run('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain(
        reference,
      )
    },
  )

  it('that nobody answers for is told of in the words of ssh, as often as it is asked', async () => {
    const env = { DOCKER_HOST: `ssh://127.0.0.1:${await freePort()}` }
    for (let round = 0; round < 3; round += 1) {
      const { stderr } = await runCli(['load', '--to', 'docker', import.meta.dirname], { env })
      expect(stderr).toMatch(/ssh ended: .*Connection refused/)
    }
  })

  it('that lets nobody in, or is not known, is told of in the words of ssh', async () => {
    await sshd.forget('key')
    const refused = await run('doctor')
    expect(refused.stdout).toMatch(/ssh ended: .*Permission denied/)
    await sshd.forget('host')
    expect((await run('doctor')).stdout).toMatch(/ssh ended: .*Host key verification failed/)
  })
})

describeWith(['dockerd', 'docker', 'podman'], 'engines at the usual places of a user', () => {
  it('answer there: rootless Docker, Docker Desktop and rootless Podman', async () => {
    const [docker, podman] = await Promise.all([startDocker(), startPodman()])
    onTestFinished(async () => void (await Promise.all([docker.stop(), podman.stop()])))
    const home = await temporaryFolder()
    const runtime = join(home, 'run')
    await mkdir(join(runtime, 'podman'), { recursive: true })
    await mkdir(join(home, '.docker', 'desktop'), { recursive: true })
    await symlink(docker.socket, join(runtime, 'docker.sock'))
    await symlink(docker.socket, join(home, '.docker', 'desktop', 'docker.sock'))
    await symlink(podman.socket, join(runtime, 'podman', 'podman.sock'))
    const env = { XDG_RUNTIME_DIR: runtime }
    const { probes } = await findEngines({ env, home, containerdSockets: [] })
    const found = probes.flatMap((one) =>
      one.state === 'answers' ? [`${one.candidate.origin}: ${one.engine.facts.kind}`] : [],
    )
    expect(found).toEqual(
      expect.arrayContaining([
        'rootless Docker: docker',
        'Docker Desktop: docker',
        'rootless Podman: podman',
      ]),
    )
  })
})
