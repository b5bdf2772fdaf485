import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { MediaType } from '../../main/registry/manifest.ts'
import { readManifest } from '../../main/registry/read-manifest.ts'
import { parseReference } from '../../main/registry/reference.ts'
import { digestOf, makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { registryAt } from '../support/registry-client.ts'
import { serve, type SeenRequest, type TestServer } from '../support/server.ts'
import { createStillClock, impatient } from '../support/still-clock.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function answering(handle: (request: SeenRequest, response: ServerResponse) => void) {
  const clock = createStillClock()
  const server: TestServer = await serve(handle)
  const { registry, http } = registryAt(server.url, { retry: impatient(clock) })
  open.push(server, http)
  return { server, registry, clock }
}

const { manifest } = makeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  layers: [makeLayer({ seed: 'one' })],
})
const { digest, mediaType } = manifest.descriptor
const tagged = parseReference('nvidia/pytorch:1')
const named = parseReference(`nvidia/pytorch@${digest}`)

function give(
  body: string | Uint8Array,
  headers: Record<string, string> = { 'content-type': mediaType },
) {
  return answering((_request, response) => void response.writeHead(200, headers).end(body))
}

test('a manifest comes as published, all four types asked for', async () => {
  const { server, registry } = await give(manifest.bytes, {
    'content-type': mediaType,
    'docker-content-digest': digest,
  })
  const published = await registry.manifest(tagged)
  expect(published.descriptor).toEqual(manifest.descriptor)
  expect(readManifest(published, 'it')).toMatchObject({ kind: 'manifest' })
  const { url, headers } = server.requests[0]!
  expect(url).toBe('/v2/nvidia/pytorch/manifests/1')
  for (const type of [
    MediaType.dockerList,
    MediaType.dockerManifest,
    MediaType.ociIndex,
    MediaType.ociManifest,
  ]) {
    expect(headers.accept).toContain(type)
  }
})

test('the digest that was asked for and the one that is said must be those of the bytes', async () => {
  const other = digestOf(Buffer.from('other'))
  const lying = await give(manifest.bytes, {
    'content-type': mediaType,
    'docker-content-digest': other,
  })
  await expect(lying.registry.manifest(tagged)).rejects.toMatchObject({ code: 'digest-mismatch' })
  const changed = await give(Buffer.concat([manifest.bytes, Buffer.from(' ')]))
  await expect(changed.registry.manifest(named)).rejects.toMatchObject({ code: 'digest-mismatch' })
  const right = await give(manifest.bytes)
  expect((await right.registry.manifest(named)).descriptor.digest).toBe(digest)
})

test('a type that the header does not tell is found in the body', async () => {
  const { registry } = await give(manifest.bytes, { 'content-type': 'text/plain; charset=utf-8' })
  expect((await registry.manifest(tagged)).descriptor.mediaType).toBe(mediaType)
  const untyped = await give('{"schemaVersion":2,"manifests":[]}', {})
  expect((await untyped.registry.manifest(tagged)).descriptor.mediaType).toBe(MediaType.ociIndex)
})

test.each([
  [
    'schema 1',
    '{"schemaVersion":1,"fsLayers":[]}',
    MediaType.dockerSchema1,
    'unsupported',
    /schema 1/,
  ],
  ['signed schema 1', '{}', MediaType.dockerSchema1Signed, 'unsupported', /schema 1/],
  ['something else', '{"hello":1}', 'application/json', 'unsupported', /not a container image/],
  ['no JSON', '<html>', mediaType, 'protocol', /not JSON/],
])('%s is refused in clear words', async (_name, body, type, code, message) => {
  const { registry } = await give(body, { 'content-type': type })
  const error: unknown = await registry.manifest(tagged).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
})

test.each([
  ['one byte is wrong', manifest.bytes.with(20, manifest.bytes[20]! ^ 1)],
  ['the end is missing', manifest.bytes.subarray(0, -9)],
])('where %s it is fetched once more', async (_name, wrong) => {
  const answers = [wrong, manifest.bytes]
  const { server, registry } = await answering((_request, response) => {
    const headers = { 'content-type': mediaType, 'docker-content-digest': digest }
    response.writeHead(200, headers).end(answers.shift())
  })
  expect((await registry.manifest(tagged)).descriptor.digest).toBe(digest)
  expect(server.requests).toHaveLength(2)
})

test('a manifest with digests that are none is not well formed', async () => {
  const { registry } = await give(
    JSON.stringify({
      schemaVersion: 2,
      config: { mediaType: 'x', digest: 'sha256:../../etc', size: 1 },
      layers: [],
    }),
  )
  const published = await registry.manifest(tagged)
  expect(() => readManifest(published, 'it')).toThrow('not well formed')
})

test('an endless manifest is cut off', async () => {
  const { registry } = await answering((_request, response) => {
    response.on('error', () => undefined)
    const more = (): void => void response.write(Buffer.alloc(1024 * 1024, 'x'), more)
    more()
  })
  await expect(registry.manifest(tagged)).rejects.toMatchObject({
    code: 'protocol',
    message: 'The manifest of nvcr.io/nvidia/pytorch:1 is larger than 4194304 bytes.',
  })
})

test('a missing tag is named, a busy registry is waited for', async () => {
  const missing = await answering((_request, response) => void response.writeHead(404).end())
  await expect(missing.registry.manifest(tagged)).rejects.toMatchObject({
    code: 'not-found',
    message: 'nvcr.io has no nvidia/pytorch:1.',
  })
  let turn = 0
  const busy = await answering((_request, response) => {
    if (turn++ < 2) response.writeHead(turn === 1 ? 502 : 429, { 'retry-after': '9' }).end()
    else response.writeHead(200, { 'content-type': mediaType }).end(manifest.bytes)
  })
  await busy.registry.manifest(tagged)
  expect(busy.clock.waits).toEqual([9000, 9000])
  const limited = await answering((_request, response) => void response.writeHead(429).end())
  await expect(limited.registry.manifest(tagged)).rejects.toMatchObject({ code: 'rate-limited' })
})
