import { execFile } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { output, startDocker, type Engine } from '../support/engines.ts'
import { describeWith } from '../support/parts.ts'

const project = join(import.meta.dirname, '..', '..')

/** No base image can be pulled on a closed network, so the real Dockerfile is built on one made of this machine's Node. */
describeWith(['dockerd', 'docker', 'busybox'], 'the container image', () => {
  let engine: Engine
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ngc-container-'))
    engine = await startDocker()
    await makeBase(join(folder, 'base'))
    await output('tar', ['-cf', join(folder, 'base.tar'), '-C', join(folder, 'base'), '.'])
    await engine.run('import', join(folder, 'base.tar'), 'node-of-this-machine')
    const base = ['--build-arg', 'BASE=node-of-this-machine']
    await engine.run('build', '--network', 'none', ...base, '-t', 'ngc-replicator', project)
    await mkdir(join(folder, 'output'))
    await chmod(join(folder, 'output'), 0o777)
  })
  afterAll(async () => {
    await engine?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('says what it can do, and is not root', async () => {
    const help = await engine.run('run', '--rm', '--network', 'none', 'ngc-replicator', '--help')
    expect(help).toContain('--min-version')
    const configuration = await engine.run('inspect', 'ngc-replicator')
    expect(JSON.parse(configuration)).toMatchObject([{ Config: { User: '1000:1000' } }])
  })

  test('fetches to /output, and verifies what is there', async () => {
    const volume = ['--volume', `${join(folder, 'output')}:/output`]
    const hardened = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL']
    const sandbox = ['ngc-replicator', 'sandbox', '--json']
    const run = ['run', '--detach', '--network', 'none', ...hardened, ...volume, ...sandbox]
    const container = (await engine.run(...run)).trim()
    const inside = ['exec', container, 'node', '/opt/ngc-replicator/out/main/cli.js']
    const site = await siteOf(engine, container)
    await engine.run(...inside, '--site', site, '--image', 'pytorch', '--latest', '1')
    const verified = await engine.run(...inside, 'verify', '/output')
    expect(verified).toMatch(/pytorch/)
    expect(await readFile(join(folder, 'output', 'state.yml'), 'utf8')).toContain('pytorch')
    await engine.run('rm', '--force', container)
  })
})

test('the example for Kubernetes is a claim and a job that uses it', async () => {
  const text = await readFile(join(project, 'docs', 'kubernetes-cronjob.yml'), 'utf8')
  const documents = parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as unknown
  })
  expect(documents).toMatchObject([
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'ngc-images' } },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: {
        jobTemplate: {
          spec: {
            template: {
              spec: { volumes: [{ persistentVolumeClaim: { claimName: 'ngc-images' } }] },
            },
          },
        },
      },
    },
  ])
})

/** Node with the libraries it is linked to, and a shell for the Dockerfile's RUN. */
async function makeBase(folder: string): Promise<void> {
  const { stdout } = await promisify(execFile)('ldd', [process.execPath])
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? '')
  for (const library of libraries) {
    await mkdir(join(folder, dirname(library)), { recursive: true })
    await cp(library, join(folder, library), { dereference: true })
  }
  const programs = join(folder, 'bin')
  await mkdir(programs, { recursive: true })
  await copyFile(process.execPath, join(programs, 'node'))
  await copyFile((await output('which', ['busybox'])).trim(), join(programs, 'busybox'))
  for (const name of ['sh', 'mkdir', 'chown']) {
    await copyFile(join(programs, 'busybox'), join(programs, name))
  }
  await mkdir(join(folder, 'tmp'))
  await chmod(join(folder, 'tmp'), 0o1777)
  await mkdir(join(folder, 'etc'))
  await writeFile(join(folder, 'etc', 'passwd'), 'node:x:1000:1000::/:/bin/sh\n')
}

const announcement = z.object({ siteFile: z.string() })

async function siteOf(engine: Engine, container: string): Promise<string> {
  const printed = async () => await engine.run('logs', container)
  await expect.poll(printed, { timeout: 20_000 }).toContain('siteFile')
  const [line = ''] = (await printed()).split('\n')
  return announcement.parse(JSON.parse(line)).siteFile
}
