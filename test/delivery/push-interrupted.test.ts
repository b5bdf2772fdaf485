import { createHash } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeImage, makeLayer, type MadeImage } from '../../main/sandbox/image.ts'
import { jsonLines, runCli, type Finished, type RunOptions } from '../support/cli.ts'
import { output } from '../support/engines.ts'
import { amd64, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { startMemoryRegistry } from '../support/memory-registry.ts'
import { describeWith } from '../support/parts.ts'
import { startRegistryProxy } from '../support/registry-proxy.ts'
import { startRegistry } from '../support/registry.ts'

/** Pushes what lies in `folder`; what is noted about it stays there as well. */
async function push(folder: string, host: string, options: RunOptions = {}): Promise<Finished> {
  const env = { DOCKER_CONFIG: folder, XDG_STATE_HOME: folder }
  return await runCli(['push', folder, '--to', `${host}/a`, '--json'], { ...options, env })
}

function practice(seed: string, layerBytes: readonly number[]): MadeImage {
  const layers = layerBytes.map((sizeBytes, number) =>
    makeLayer({ seed: `${seed} ${number}`, sizeBytes }),
  )
  return makeImage({ platform: amd64, layers })
}

const LARGE = 40_000_000

describe('a push that is killed in the middle of a large layer', () => {
  test('goes on within it, where the registry keeps what came', async () => {
    const folder = await temporaryFolder()
    const image = practice('large', [LARGE])
    await writeImage(folder, image, { reference: 'nvcr.io/acme/large:1' })
    const registry = await startMemoryRegistry()
    const killed = await push(folder, registry.host, {
      started: (child) => {
        registry.rules.received = (bytes) => bytes > LARGE / 2 && child.kill('SIGKILL')
      },
    })
    expect(killed.code).toBeNull()
    delete registry.rules.received
    const again = await push(folder, registry.host)
    expect(jsonLines(again).at(-1)).toMatchObject({ pushed: 1, failed: 0 })
    const size = image.layers.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(Number(jsonLines(again).at(-1)?.['sentBytes'])).toBeLessThan(size * 0.6)
    const sent = registry.requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
    expect(sent / size).toBeLessThan(1.1)
    const [layer] = image.layers
    const there = registry.blobs.get(`a/acme/large@${layer!.descriptor.digest}`)
    expect(there?.equals(layer!.bytes)).toBe(true)
  })

  describeWith(['docker-registry', 'skopeo'], 'against docker’s distribution', () => {
    test('sends that layer anew, which it has dropped, and no other', async () => {
      const folder = await temporaryFolder()
      const image = practice('anew', [200_000, 300_000, LARGE])
      await writeImage(folder, image, { reference: 'nvcr.io/acme/anew:1' })
      const real = await startRegistry()
      onTestFinished(() => real.stop())
      const proxy = await startRegistryProxy(real.address)
      onTestFinished(() => proxy.close())
      const killed = await push(folder, proxy.host, {
        started: (child) => {
          proxy.onBytes = (bytes) => bytes > LARGE / 2 && child.kill('SIGKILL')
        },
      })
      expect(killed.code).toBeNull()
      delete proxy.onBytes
      const again = await push(folder, proxy.host)
      expect(again.stderr).toBe('')
      expect(jsonLines(again).at(-1)).toMatchObject({ pushed: 1, failed: 0 })
      const large = image.layers.at(-1)!.bytes.length
      expect(Number(jsonLines(again).at(-1)?.['sentBytes'])).toBeLessThan(large * 1.01)
      const name = `docker://${proxy.host}/a/acme/anew:1`
      const raw = await output('skopeo', ['inspect', '--raw', '--tls-verify=false', name])
      const digest = `sha256:${createHash('sha256').update(raw).digest('hex')}`
      expect(digest).toBe(image.manifest.descriptor.digest)
    })
  })
})
