import { describe, expect, test } from 'vitest'
import type { Published } from '../../main/registry/manifest.ts'
import { digestOf } from '../../main/sandbox/image.ts'
import { against, as, blob, bytes, methods, sentTo, sourceOf } from '../support/upload-stage.ts'

const document = Buffer.from('{"schemaVersion":2}')
const manifest: Published = {
  descriptor: {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(document),
    size: document.length,
  },
  bytes: document,
}

/** What registries that are in use do otherwise than docker's distribution, each as its documents or issues tell. */
describe('a registry', () => {
  test('that tells no digests is asked for the manifest itself', async () => {
    const { uploads, at } = await against({ isSilent: true })
    expect(await uploads.manifestDigest(at, 'latest')).toBeUndefined()
    await uploads.sendBlob(at, blob, sourceOf(bytes))
    await uploads.putManifest(at, 'latest', manifest)
    expect(await uploads.manifestDigest(at, 'latest')).toBe(manifest.descriptor.digest)
    expect(await uploads.manifestDigest(at, manifest.descriptor.digest)).toBe(
      manifest.descriptor.digest,
    )
  })

  test.each([405, 501])('that answers no HEAD (%d) is sent what it may have', async (head) => {
    const { uploads, at } = await against({ refuses: { head } })
    expect(await uploads.hasBlob(at, blob.digest)).toBe(false)
    await uploads.sendBlob(at, blob, sourceOf(bytes))
    await uploads.putManifest(at, 'latest', manifest)
    expect(await uploads.manifestDigest(at, 'latest')).toBe(manifest.descriptor.digest)
    expect(await uploads.manifestDigest(at, 'other')).toBeUndefined()
  })

  test.each([405, 501])(
    'that takes no chunks (%d) gets the whole again when a line drops',
    async (chunk) => {
      const { registry, uploads, at, starts } = await against({
        refuses: { chunk },
        cuts: [300_000, 200_000],
      })
      await uploads.sendBlob(at, blob, sourceOf(bytes, starts))
      expect(starts.filter((start) => start === 0)).toHaveLength(3)
      expect(methods(registry).filter((method) => method === 'PATCH')).toHaveLength(1)
      expect(registry.blobs.get(`team/app@${blob.digest}`)?.equals(bytes)).toBe(true)
    },
  )

  test('that takes neither chunks nor large requests is told of, and what can be done', async () => {
    const { uploads, at } = await against({ refuses: { chunk: 405 }, largestBodyBytes: 300_000 })
    await expect(uploads.sendBlob(at, blob, sourceOf(bytes))).rejects.toMatchObject({
      message: expect.stringMatching(/neither in one request nor in chunks/) as unknown,
      hint: expect.stringContaining('client_max_body_size') as unknown,
    })
  })

  test('behind an nginx that allows less than the smallest chunk is told of, without its page', async () => {
    const { uploads, at } = await against({ largestBodyBytes: 100_000 })
    const failure = await uploads
      .sendBlob(at, blob, sourceOf(bytes))
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({
      hint: expect.stringContaining('client_max_body_size') as unknown,
    })
    expect(String(failure)).toMatch(/refused a layer of team\/app \(413\)\.$/)
  })

  test.each([400, 404, 405, 501])('that answers %d to a mount is sent the layer', async (mount) => {
    const { registry, uploads, at } = await against({ refuses: { mount } })
    await uploads.sendBlob({ ...at, repository: 'team/base' }, blob, sourceOf(bytes))
    const options = { mountFrom: 'team/base' }
    const sent = await uploads.sendBlob(at, blob, sourceOf(bytes), options)
    expect(sent).toEqual({ how: 'sent', sentBytes: bytes.length })
    expect(sentTo(registry)).toBe(2 * bytes.length)
  })

  test('that knows nothing of an upload’s progress gets the blob anew when a line drops', async () => {
    const { uploads, at, starts } = await against({ refuses: { status: 405 }, cuts: [300_000] })
    await uploads.sendBlob(at, blob, sourceOf(bytes, starts))
    expect(starts).toEqual([0, 0])
  })

  test('that names whole addresses, or paths, in its locations is followed', async () => {
    for (const location of [
      (path: string) => path,
      (path: string) => `http://127.0.0.1${path}`,
      (path: string) => `//127.0.0.1:1${path}`,
    ]) {
      const { uploads, at } = await against({ location, largestBodyBytes: 300_000 })
      expect(await uploads.sendBlob(at, blob, sourceOf(bytes))).toMatchObject({ how: 'sent' })
    }
  })

  test('gets the name of a robot as it is, with its signs', async () => {
    const { registry, uploads, at } = await against(
      { wantsTokens: true, pushers: ['robot$library+ci'] },
      as('robot$library+ci', 'right'),
    )
    await uploads.sendBlob(at, blob, sourceOf(bytes))
    expect(registry.blobs.has(`team/app@${blob.digest}`)).toBe(true)
  })
})
