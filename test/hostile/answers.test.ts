import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { createHttp, type Http } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { createCatalogue } from '../../main/ngc/create-catalogue.ts'
import { parseKey } from '../../main/ngc/key.ts'
import { publicSite } from '../../main/ngc/site.ts'
import { parseChallenges, usableChallenge } from '../../main/registry/challenge.ts'
import { MediaType } from '../../main/registry/manifest.ts'
import { resolveImage } from '../../main/registry/resolve.ts'
import { makeIndex } from '../../main/sandbox/image.ts'
import { practiceImage } from '../support/made-tarball.ts'
import { registryAt } from '../support/registry-client.ts'
import { serve, type TestServer } from '../support/server.ts'
import { impatient } from '../support/still-clock.ts'
import { answersOrExplains, evilDocument, evilText, runs } from './evil.ts'

const image = practiceImage()
const { index } = makeIndex({ children: [image] })
const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())

/** Every question gets the same answer, with whatever headers. */
let answer: { body: string; headers: Record<string, string>; status: number }
let server: TestServer
let http: Http
beforeAll(async () => {
  http = createHttp({ proxy: noProxies })
  server = await serve((_request, response) => {
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  })
})
afterAll(async () => {
  await http.close()
  await server.close()
})

const header = evilText.map((text) => text.replaceAll(/[^\u0020-\u007E]/g, '?').slice(0, 8000))

describe('whatever a registry answers', () => {
  it.each([
    ['a manifest', MediaType.ociManifest, jsonOf(image.manifest.bytes)],
    ['an index', MediaType.ociIndex, jsonOf(index.bytes)],
  ])('for %s, there is an image or an error that explains', async (_, contentType, good) => {
    const { registry } = registryAt(server.url, { http })
    const reference = { registry: 'nvcr.io', repository: 'nvidia/evil', tag: '1' }
    await fc.assert(
      fc.asyncProperty(evilDocument(good), async (body) => {
        answer = { body, status: 200, headers: { 'content-type': contentType } }
        await answersOrExplains(() => resolveImage(registry, reference, 'linux/amd64'))
      }),
      runs(250),
    )
  })

  it('for a token or in a challenge, there is an error that explains', async () => {
    await fc.assert(
      fc.asyncProperty(
        evilDocument({ token: 'abc', access_token: 'abc', expires_in: 60 }),
        fc.oneof(
          header,
          header.map((realm) => `Bearer realm="${realm}"`),
          fc.constant('Bearer realm="/token"'),
        ),
        fc.constantFrom(200, 401, 403, 404, 418, 451),
        async (body, challenge, status) => {
          // A registry of its own each time: tokens are kept.
          const { registry } = registryAt(server.url, { http })
          answer = { body, status, headers: { 'www-authenticate': challenge } }
          await answersOrExplains(() =>
            registry.manifest({ registry: 'nvcr.io', repository: 'nvidia/evil', tag: '1' }),
          )
        },
      ),
      runs(200),
    )
  })

  it('in a challenge, it is read in a moment', () => {
    for (const text of ['a="', 'a=', 'a ,', 'a a=b,', '\\"', '="",', 'Bearer ', '"'.repeat(9)]) {
      const long = text.repeat(16_000 / text.length)
      parseChallenges(long)
      usableChallenge(long)
    }
  })
})

describe('whatever the catalogue answers', () => {
  const tags = {
    images: [
      {
        tag: '24.01',
        updatedDate: '2024-01-01',
        size: 1,
        architectureVariants: [{ os: 'linux', architecture: 'amd64' }],
      },
    ],
    paginationInfo: { totalPages: 1 },
  }
  const repositories = {
    repositories: [
      { namespace: 'nvidia', name: 'evil', description: 'x', labels: [], attributes: [] },
    ],
    results: [
      {
        groupValue: 'CONTAINER',
        resources: [
          { resourceId: 'nvidia/evil', displayName: 'x', attributes: [{ key: 'a', value: 'b' }] },
        ],
      },
    ],
    organizations: [{ name: 'nvidia' }],
    resultPageTotal: 1,
    paginationInfo: { totalPages: 1 },
    token: 'abc',
  }

  it.each(['', `nvapi-${'k'.repeat(64)}`, 'd'.repeat(40)])(
    'to the key “%.6s”, there is a list or an error that explains',
    async (key) => {
      const site = { ...publicSite, catalog: server.url, auth: server.url, dgx: server.url }
      const catalogue = createCatalogue({ site, key: parseKey(key), http, retry: impatient() })
      await fc.assert(
        fc.asyncProperty(evilDocument(repositories), evilDocument(tags), async (list, images) => {
          answer = { body: list, status: 200, headers: {} }
          await answersOrExplains(() => catalogue.repositories(['nvidia']))
          await answersOrExplains(() => catalogue.repository('nvidia/evil'))
          answer = { body: images, status: 200, headers: {} }
          await answersOrExplains(() => catalogue.tags('nvidia/evil'))
        }),
        runs(60),
      )
    },
  )
})
