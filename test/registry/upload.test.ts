import { onTestFinished, expect, test, describe } from 'vitest'
import { AppError } from '../../main/api/errors.ts'
import { createRateLimit } from '../../main/net/rate-limit.ts'
import type { Published } from '../../main/registry/manifest.ts'
import type { BlobSource } from '../../main/registry/upload/send-blob.ts'
import { digestOf } from '../../main/sandbox/image.ts'
import { serve } from '../support/server.ts'
import { createStillClock } from '../support/still-clock.ts'
import { against, as, blob, bytes, methods, sentTo, sourceOf } from '../support/upload-stage.ts'

const manifest: Published = {
  descriptor: {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(Buffer.from('{}')),
    size: 2,
  },
  bytes: Buffer.from('{}'),
}

const inOne: BlobSource = async function* inOne(startByte) {
  yield bytes.subarray(startByte)
}

describe('a blob', () => {
  test('goes in one request, and keeps the query of the location', async () => {
    const { registry, uploads, at } = await against({})
    const sent = await uploads.sendBlob(at, blob, sourceOf(bytes))
    expect(sent).toEqual({ how: 'sent', sentBytes: bytes.length })
    expect(registry.blobs.get(`team/app@${blob.digest}`)?.equals(bytes)).toBe(true)
    expect(methods(registry).slice(-2)).toEqual(['POST', 'PUT'])
    expect(await uploads.hasBlob(at, blob.digest)).toBe(true)
  })

  test('goes on at the byte that the registry confirms when the line drops', async () => {
    const { registry, uploads, at, starts } = await against({ cuts: [300_000, 200_000] })
    const seen: number[] = []
    const onProgress = (sentBytes: number): number => seen.push(sentBytes)
    await uploads.sendBlob(at, blob, sourceOf(bytes, starts), { onProgress })
    expect(starts).toEqual([0, 300_000, 500_000])
    expect(sentTo(registry)).toBe(bytes.length)
    expect(registry.blobs.get(`team/app@${blob.digest}`)?.equals(bytes)).toBe(true)
    expect(seen.at(-1)).toBe(bytes.length)
  })

  test('with a rate limit goes little by little, however large the chunks are', async () => {
    const limit = createRateLimit(1_000_000, createStillClock())
    const { registry, uploads, at } = await against({}, { limit })
    const seen = [0]
    const onProgress = (sentBytes: number): number => seen.push(sentBytes)
    await uploads.sendBlob(at, blob, inOne, { onProgress })
    expect(registry.blobs.get(`team/app@${blob.digest}`)?.equals(bytes)).toBe(true)
    const steps = seen.slice(1).map((count, index) => count - seen[index]!)
    expect(Math.max(...steps)).toBeLessThanOrEqual(64 * 1024)
  })

  test('begins anew where the registry has forgotten the upload', async () => {
    const { registry, uploads, at, starts } = await against({ cuts: [300_000], isForgetful: true })
    await uploads.sendBlob(at, blob, sourceOf(bytes, starts))
    expect(starts).toEqual([0, 0])
    expect(registry.blobs.has(`team/app@${blob.digest}`)).toBe(true)
  })

  test('goes in chunks where a request may not be that large', async () => {
    const { registry, uploads, at } = await against({ largestBodyBytes: 300_000 })
    await uploads.sendBlob(at, blob, sourceOf(bytes))
    expect(registry.blobs.get(`team/app@${blob.digest}`)?.equals(bytes)).toBe(true)
    const chunks = registry.requests.filter(({ bodyBytes }) => bodyBytes > 0)
    expect(chunks.length).toBeGreaterThan(3)
    expect(Math.max(...chunks.map(({ bodyBytes }) => bodyBytes))).toBeLessThanOrEqual(300_000)
    expect(chunks[1]?.headers['content-range']).toMatch(/^\d+-\d+$/)
  })

  test('has chunks no smaller than the registry takes', async () => {
    const { registry, uploads, at } = await against({
      largestBodyBytes: 600_000,
      leastBytes: 500_000,
    })
    await uploads.sendBlob(at, blob, sourceOf(bytes))
    const chunks = registry.requests.filter(({ bodyBytes }) => bodyBytes > 0)
    expect(chunks.map(({ bodyBytes }) => bodyBytes)).toEqual([500_000, 500_000])
  })

  test('survives failures of the registry’s own, and gives up in words when they stay', async () => {
    const { uploads, at } = await against({ failures: [503, 500] })
    expect(await uploads.sendBlob(at, blob, sourceOf(bytes))).toMatchObject({ how: 'sent' })
    const lasting = await against({ failures: Array.from({ length: 50 }, () => 502) })
    await expect(lasting.uploads.sendBlob(lasting.at, blob, sourceOf(bytes))).rejects.toThrow(
      /has a problem of its own \(502\)/,
    )
  })

  test('is mounted from where the registry has it', async () => {
    const { registry, uploads, at } = await against({})
    await uploads.sendBlob({ ...at, repository: 'team/base' }, blob, sourceOf(bytes))
    const before = sentTo(registry)
    const mounted = await uploads.sendBlob(at, blob, sourceOf(bytes), { mountFrom: 'team/base' })
    expect(mounted).toEqual({ how: 'mounted', sentBytes: 0 })
    expect(sentTo(registry)).toBe(before)
    expect(registry.blobs.has(`team/app@${blob.digest}`)).toBe(true)
  })

  test('is sent where the registry does not mount', async () => {
    const { uploads, at } = await against({ isUnmountable: true })
    await uploads.sendBlob({ ...at, repository: 'team/base' }, blob, sourceOf(bytes))
    const sent = await uploads.sendBlob(at, blob, sourceOf(bytes), { mountFrom: 'team/base' })
    expect(sent).toMatchObject({ how: 'sent' })
  })

  test.each([
    ['changed', Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])])],
    ['cut short', bytes.subarray(0, -5)],
  ])('that is %s never makes a complete upload', async (_, damaged) => {
    const { registry, uploads, at } = await against({})
    await expect(uploads.sendBlob(at, blob, sourceOf(damaged))).rejects.toMatchObject({
      code: 'digest-mismatch',
    })
    expect(sentTo(registry)).toBeLessThan(bytes.length)
    expect(registry.blobs.size).toBe(0)
  })
})

describe('a registry that misbehaves', () => {
  test('is not followed to another host, and nothing is sent there', async () => {
    const other = await serve((_request, response) => response.end())
    onTestFinished(() => other.close())
    const elsewhere = other.url.href.replace('127.0.0.1', 'localhost')
    const { uploads, at } = await against({ location: (path) => new URL(path, elsewhere).href })
    const failure = await uploads
      .sendBlob(at, blob, sourceOf(bytes))
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AppError)
    expect(failure).toMatchObject({ code: 'protocol' })
    expect(String(failure)).toContain('another host, localhost')
    expect(other.requests).toEqual([])
  })

  test('leads to no other host by a path that begins like one', async () => {
    const other = await serve((_request, response) => response.end())
    onTestFinished(() => other.close())
    const { registry, uploads, at } = await against({
      location: (path) => `http://127.0.0.1//${other.host}${path}`,
    })
    await uploads.sendBlob(at, blob, sourceOf(bytes))
    expect(registry.requests.at(-1)?.url).toContain(`//${other.host}/`)
    expect(other.requests).toEqual([])
  })

  test('may name a wrong scheme or port of its own host, as behind a proxy', async () => {
    const { uploads, at } = await against({ location: (path) => `https://127.0.0.1:1${path}` })
    expect(await uploads.sendBlob(at, blob, sourceOf(bytes))).toMatchObject({ how: 'sent' })
  })

  test('that confirms more than was sent is not believed', async () => {
    const { uploads, at } = await against({ largestBodyBytes: 300_000, range: () => '0-999999999' })
    await expect(uploads.sendBlob(at, blob, sourceOf(bytes))).rejects.toThrow(/confirms/)
  })

  test('that stores a manifest as something else is told of', async () => {
    const { uploads, at } = await against({ manifestDigest: blob.digest })
    await expect(uploads.putManifest(at, '1', manifest)).rejects.toMatchObject({
      code: 'digest-mismatch',
    })
  })

  test('that says nowhere to send to is told of', async () => {
    const { uploads, at } = await against({ location: () => '' })
    await expect(uploads.sendBlob(at, blob, sourceOf(bytes))).rejects.toThrow(/where to send/)
  })
})

describe('with tokens', () => {
  test('one is asked for to push, and one to read where a blob is mounted from', async () => {
    const { registry, uploads, at } = await against({ wantsTokens: true }, as('pusher', 'right'))
    await uploads.sendBlob({ ...at, repository: 'team/base' }, blob, sourceOf(bytes))
    await uploads.sendBlob(at, blob, sourceOf(bytes), { mountFrom: 'team/base' })
    expect(registry.tokens).toEqual([
      'repository:team/base:pull,push',
      'repository:team/app:pull,push repository:team/base:pull',
    ])
    expect(registry.blobs.has(`team/app@${blob.digest}`)).toBe(true)
  })

  test.each([
    [
      'a wrong password',
      as('pusher', 'a wrong one'),
      'unauthorized',
      /does not accept this user name/,
    ],
    [
      'no right to push',
      as('reader', 'right'),
      'denied',
      /does not let this user push to team\/app/,
    ],
    ['no login', {}, 'unauthorized', /does not let a guest push/],
  ])('%s is a sentence', async (_, options, code, sentence) => {
    const { uploads, at } = await against({ wantsTokens: true }, options)
    const failure = await uploads.hasBlob(at, blob.digest).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    expect(String(failure)).toMatch(sentence)
    expect(JSON.stringify(failure) + String(failure)).not.toContain('a wrong one')
  })
})
