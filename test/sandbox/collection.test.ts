import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Collection } from '../../main/sandbox/collection.ts'
import { helloProgram } from '../../main/sandbox/hello.ts'
import { contentOf, type SandboxRepository } from '../../main/sandbox/repository.ts'

const collection = new Collection()

function layersOf(repository: SandboxRepository, tag: string): Map<string, number> {
  const found = repository.tags.find((candidate) => candidate.tag === tag)
  if (!found) throw new Error(`no ${tag}`)
  const [image] = collection.build(found).images
  return new Map(image?.layers.map(({ descriptor }) => [descriptor.digest, descriptor.size]))
}

const sum = (sizes: Iterable<number>): number => [...sizes].reduce((total, size) => total + size, 0)

describe('the collection', () => {
  test('holds some twenty repositories, and no more than 150 MB', () => {
    expect(collection.repositories.length).toBeGreaterThanOrEqual(12)
    const sizes = new Map<string, number>()
    for (const repository of collection.repositories) {
      for (const tag of repository.tags) {
        const { blobs } = contentOf(collection.build(tag))
        for (const [digest, { descriptor }] of blobs) sizes.set(digest, descriptor.size)
      }
    }
    expect(sum(sizes.values())).toBeLessThan(150_000_000)
    expect(Math.max(...sizes.values())).toBeGreaterThan(20_000_000)
  })

  test('months that follow each other share most of their bytes', () => {
    const pytorch = collection.find('nvidia/pytorch')
    if (!pytorch) throw new Error('no pytorch')
    const april = layersOf(pytorch, '24.04-py3')
    const may = layersOf(pytorch, '24.05-py3')
    const shared = [...may].filter(([digest]) => april.has(digest)).map(([, size]) => size)
    expect(sum(shared) / sum(may.values())).toBeGreaterThan(0.8)
  })

  test('repeats the empty layer within an image', () => {
    const tensorrt = collection.find('nvidia/tensorrt')
    const [tag] = tensorrt?.tags ?? []
    const layers = tag ? (collection.build(tag).images[0]?.layers ?? []) : []
    expect(layers.filter(({ descriptor }) => descriptor.size === 32).length).toBeGreaterThan(5)
  })

  test('gives the same digests to every process', () => {
    const other = new Collection()
    const digests = [collection, other].map((each) => {
      const tag = each.find('nvidia/k8s/dcgm-exporter')?.tags[0]
      return tag && each.build(tag).root.descriptor.digest
    })
    expect(digests[0]).toMatch(/^sha256:/)
    expect(digests[1]).toBe(digests[0])
  })

  test('builds one image in well under two seconds', () => {
    const nemo = new Collection().find('nvidia/nemo')
    const started = performance.now()
    const [tag] = nemo?.tags ?? []
    if (tag) new Collection().build(tag)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'the program in every image runs and says hello',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hello-'))
    const file = join(folder, 'hello')
    writeFileSync(file, helloProgram('amd64', 'Hello.'), { mode: 0o755 })
    expect(execFileSync(file).toString()).toBe('Hello.\n')
    rmSync(folder, { recursive: true })
  },
)
