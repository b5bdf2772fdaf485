import { expect, test } from 'vitest'
import type { Registry } from '../../main/registry/client.ts'
import { keepingDocuments } from '../../main/registry/kept-documents.ts'
import type { Descriptor } from '../../main/registry/manifest.ts'
import { publish } from '../../main/sandbox/image.ts'

const repository = { registry: 'nvcr.io', repository: 'nvidia/practice' }
const manifest = publish('application/vnd.oci.image.manifest.v1+json', { one: 1 })
const { digest } = manifest.descriptor

/** A registry that counts what it is asked for. */
function counting(): { registry: Registry; asked: string[] } {
  const asked: string[] = []
  const registry = {
    manifest: async () => {
      asked.push('manifest')
      return manifest
    },
    document: async (_: unknown, { size }: Descriptor) => {
      asked.push('document')
      return new Uint8Array(size)
    },
  } as unknown as Registry
  return { registry, asked }
}

test('what a digest names is asked for once', async () => {
  const { registry, asked } = counting()
  const kept = keepingDocuments(registry)
  for (let time = 0; time < 3; time += 1) {
    expect(await kept.manifest({ ...repository, digest })).toBe(manifest)
    await kept.document(repository, manifest.descriptor)
  }
  expect(asked).toEqual(['manifest', 'document'])
})

test('a tag is asked for each time, and so is another repository', async () => {
  const { registry, asked } = counting()
  const kept = keepingDocuments(registry)
  await kept.manifest({ ...repository, tag: '1' })
  await kept.manifest({ ...repository, tag: '1' })
  await kept.manifest({ ...repository, digest })
  await kept.manifest({ ...repository, repository: 'other/practice', digest })
  expect(asked).toHaveLength(4)
})

test('what was not used for longest goes when there is no room', async () => {
  const { registry, asked } = counting()
  const kept = keepingDocuments(registry, 4000)
  for (const letter of ['a', 'b', 'a', 'c', 'a']) await kept.document(repository, named(letter))
  expect(asked).toHaveLength(3)
  await kept.document(repository, named('b'))
  expect(asked).toHaveLength(4)
})

function named(letter: string): Descriptor {
  return { mediaType: 'a/b', digest: `sha256:${letter.repeat(64)}`, size: 900 }
}
