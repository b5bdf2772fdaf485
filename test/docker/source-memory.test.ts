import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { eventsOf, runCli } from '../support/cli.ts'
import { startDocker, type Engine } from '../support/engines.ts'
import { amd64, temporaryFolder } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { watchMemory } from '../support/peak-memory.ts'
import { startRegistry, type RealRegistry } from '../support/registry.ts'
import { startSshd, type Sshd } from '../support/sshd.ts'

const MOST_BYTES = 250_000_000

describeWith(['dockerd', 'docker', 'sshd', 'ssh', 'docker-registry'], 'an image of 300 MB', () => {
  let docker: Engine
  let sshd: Sshd
  let registry: RealRegistry
  let reference: string
  beforeAll(async () => {
    ;[docker, registry] = await Promise.all([startDocker(), startRegistry()])
    sshd = await startSshd({ ...docker.env, PATH: String(process.env['PATH']) })
    const layers = [1, 2].map((at) => makeLayer({ seed: `large ${at}`, sizeBytes: 150_000_000 }))
    await registry.push('acme/large', makeImage({ platform: amd64, layers }), '1')
    reference = `${registry.host}/acme/large:1`
    await docker.run('pull', reference)
  }, 120_000)
  afterAll(() => Promise.all([docker?.stop(), sshd?.stop(), registry?.stop()]))

  it.each(['its socket', 'ssh'])(
    'comes out of Docker through %s in less than 250 MB of memory',
    async (way) => {
      const folder = await temporaryFolder()
      let peak: (() => number) | undefined
      const saved = await runCli(
        ['--source', 'docker', '--output-path', folder, reference, '--json'],
        {
          env: {
            DOCKER_HOST:
              way === 'ssh' ? `ssh://root@127.0.0.1:${sshd.port}` : `unix://${docker.socket}`,
            DOCKER_CONFIG: '/nonexistent',
            PATH: `${sshd.programs}:${process.env['PATH']}`,
          },
          started: (child) => void (peak = watchMemory(child)),
        },
      )
      expect(saved.stderr).toBe('')
      expect(eventsOf(saved, 'image')).toMatchObject([{ state: 'saved' }])
      console.info(`peak memory through ${way}: ${Math.round(Number(peak?.()) / 1e6)} MB`)
      expect(peak?.()).toBeGreaterThan(10_000_000)
      expect(peak?.()).toBeLessThan(MOST_BYTES)
    },
    120_000,
  )
})
