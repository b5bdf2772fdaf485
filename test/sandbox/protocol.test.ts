import { createVerify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { manifestSchema } from '../../main/registry/manifest.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()

const accept = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ')
const registry = (path: string) => `${sandbox.site.registry}${path}`
const catalog = (path: string) => `${sandbox.site.catalog}${path}`
const basic = (key: string) => `Basic ${Buffer.from(`$oauthtoken:${key}`).toString('base64')}`

const apiKey = (key: string) => `ApiKey ${Buffer.from(key).toString('base64')}`

async function exchange(query: string, authorization: string): Promise<number> {
  const answer = await fetch(`${sandbox.site.auth}/token?${query}`, { headers: { authorization } })
  return answer.status
}

async function tokenFor(path: string, key?: string): Promise<string> {
  const answer = await fetch(registry(`/proxy_auth?scope=repository:${path}:pull`), {
    headers: key === undefined ? {} : { authorization: basic(key) },
  })
  const { token } = (await answer.json()) as { token: string }
  return token
}

async function get(path: string, token?: string, method = 'GET'): Promise<Response> {
  const headers = { accept, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  return fetch(registry(path), { headers, method, redirect: 'manual' })
}

async function layerAddress(): Promise<{ address: string; sizeBytes: number }> {
  const path = 'nvidia/tensorrt'
  const token = await tokenFor(path)
  const manifest = await get(`/v2/${path}/manifests/24.05-py3`, token)
  const layer = manifestSchema.parse(await manifest.json()).layers[0]
  const answer = await get(`/v2/${path}/blobs/${layer?.digest}`, token)
  expect(answer.status).toBe(307)
  return { address: answer.headers.get('location') ?? '', sizeBytes: layer?.size ?? 0 }
}

describe('the registry', () => {
  test('challenges without a service, and asks for more than a guest may have', async () => {
    const answer = await get('/v2/nvidia/cuda/manifests/x')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="${sandbox.site.registry}/proxy_auth",scope="repository:nvidia/cuda:pull,push"`,
    )
    const scope = 'repository:nvidia/cuda:pull,push'
    expect((await fetch(registry(`/proxy_auth?scope=${scope}`))).status).toBe(401)
  })

  test('sends a token that has ended into the trap, where nobody gets out', async () => {
    sandbox.settings.registryTokenSeconds = 0
    const token = await tokenFor('nvidia/cuda')
    const answer = await get('/v2/nvidia/cuda/tags/list', token)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain(
      `realm="${sandbox.site.auth}/token",service="registry"`,
    )
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    const trap = await fetch(`${sandbox.site.auth}/token?service=registry`)
    expect(trap.status).toBe(401)
  })

  test('serves all four kinds of manifest, by tag and by digest, and their headers alone', async () => {
    const tags = [
      ['nvidia/cuda', '12.4.1-base-ubi8', 'application/vnd.oci.image.index.v1+json'],
      ['nvidia/pytorch', '24.05-py3', 'application/vnd.docker.distribution.manifest.list.v2+json'],
      ['nvidia/pytorch', '18.9-py3', 'application/vnd.docker.distribution.manifest.v2+json'],
      ['nvidia/nemo', '24.05', 'application/vnd.oci.image.manifest.v1+json'],
      ['nvidia/caffe', '17.03', 'application/vnd.docker.distribution.manifest.v1+prettyjws'],
    ]
    for (const [path = '', tag = '', mediaType] of tags) {
      const token = await tokenFor(path)
      const byTag = await get(`/v2/${path}/manifests/${tag}`, token)
      expect(byTag.headers.get('content-type')).toBe(mediaType)
      const digest = byTag.headers.get('docker-content-digest') ?? ''
      const body = await byTag.text()
      expect(await (await get(`/v2/${path}/manifests/${digest}`, token)).text()).toBe(body)
      const head = await get(`/v2/${path}/manifests/${tag}`, token, 'HEAD')
      expect(head.headers.get('content-length')).toBe(`${body.length}`)
    }
  })

  test('gives a token for one repository only', async () => {
    const token = await tokenFor('nvidia/cuda')
    expect((await get('/v2/nvidia/pytorch/tags/list', token)).status).toBe(401)
  })

  test('lists tags in pages, and null where there are none', async () => {
    const token = await tokenFor('nvidia/pytorch')
    const first = await get('/v2/nvidia/pytorch/tags/list?n=7', token)
    expect(first.headers.get('link')).toMatch(
      /^<\/v2\/nvidia\/pytorch\/tags\/list\?.*>; rel="next"$/,
    )
    expect(await first.json()).toMatchObject({ tags: { length: 7 } })
    const none = await get('/v2/nvidia/digits/tags/list', await tokenFor('nvidia/digits'))
    expect(await none.json()).toEqual({ name: 'nvidia/digits', tags: null })
  })

  test.each([
    ['nvidia/isaac-sim', undefined, 403],
    ['nvidia/isaac-sim', sandboxKeys.personal, 403],
    ['nvidia/cuda', sandboxKeys.narrow, 403],
    ['acme/inspection', undefined, 403],
    ['acme/inspection', sandboxKeys.narrow, 200],
    ['acme/inspection', sandboxKeys.legacy, 200],
    ['acme/inspection', sandboxKeys.dgx, 200],
    ['nvidia/restricted-toolkit', undefined, 451],
    ['nvidia/nothing', undefined, 404],
  ])('opens %s for %s with %i', async (path, key, status) => {
    const answer = await get(`/v2/${path}/tags/list`, await tokenFor(path, key))
    expect(answer.status).toBe(status)
    if (status === 403) expect(await answer.json()).toMatchObject({ errors: [{ code: 'DENIED' }] })
  })

  test('refuses a wrong key and everything but reading', async () => {
    const scope = 'repository:nvidia/cuda:pull'
    const wrong = await fetch(registry(`/proxy_auth?scope=${scope}`), {
      headers: { authorization: basic('wrong') },
    })
    expect(wrong.status).toBe(401)
    const token = await tokenFor('nvidia/cuda')
    expect((await get('/v2/nvidia/cuda/manifests/x', token, 'DELETE')).status).toBe(405)
  })
})

describe('the blob host', () => {
  test('is another origin, and serves whole blobs and ranges of them', async () => {
    const { address, sizeBytes } = await layerAddress()
    expect(new URL(address).origin).not.toBe(sandbox.site.registry)
    const whole = new Uint8Array(await (await fetch(address)).arrayBuffer())
    expect(whole.length).toBe(sizeBytes)
    const cases = [
      ['bytes=10-19', 10, 20],
      [`bytes=${sizeBytes - 5}-`, sizeBytes - 5, sizeBytes],
      ['bytes=-7', sizeBytes - 7, sizeBytes],
      [`bytes=5-${sizeBytes * 2}`, 5, sizeBytes],
    ] as const
    for (const [range, start, end] of cases) {
      const answer = await fetch(address, { headers: { range } })
      expect(answer.status).toBe(206)
      expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${sizeBytes}`)
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(whole.subarray(start, end))
    }
    const beyond = await fetch(address, { headers: { range: `bytes=${sizeBytes}-` } })
    expect(beyond.status).toBe(416)
  })

  test('answers 400 to anyone who shows it a token, as S3 does', async () => {
    const { address } = await layerAddress()
    const answer = await fetch(address, { headers: { authorization: 'Bearer x' } })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('Only one auth mechanism allowed')
  })

  test('answers 403 once the address has ended, or where it was altered', async () => {
    const { address } = await layerAddress()
    const altered = address.replace('sha256:', 'sha256:0')
    expect((await fetch(altered)).status).toBe(403)
    sandbox.settings.signedAddressSeconds = 0
    expect((await fetch((await layerAddress()).address)).status).toBe(403)
  })
})

describe('the catalogue', () => {
  test('answers 400 to a query that is not JSON', async () => {
    const search = '/v2/search/catalog/resources/CONTAINER'
    expect((await fetch(catalog(`${search}?q=pytorch`))).status).toBe(400)
    expect((await fetch(catalog(`${search}?q={}`))).status).toBe(200)
  })

  test('exchanges legacy keys in both forms, and no personal ones', async () => {
    expect(await exchange('service=ngc', basic(sandboxKeys.legacy))).toBe(200)
    expect(await exchange('service=ngc&scope=group/ngc:acme', basic(sandboxKeys.legacy))).toBe(200)
    expect(await exchange('scope=group/ngc', apiKey(sandboxKeys.legacy))).toBe(200)
    expect(await exchange('service=ngc', basic(sandboxKeys.personal))).toBe(401)
    expect(await exchange('service=ngc&scope=group/ngc:nvidia', basic(sandboxKeys.legacy))).toBe(
      401,
    )
  })

  test('answers 451 with an empty body', async () => {
    const answer = await fetch(catalog('/v2/repos/nvidia/restricted-toolkit'))
    expect([answer.status, await answer.text()]).toEqual([451, ''])
  })

  test('serves the key that the signatures hold to', async () => {
    const key = await (await fetch(catalog('/v2/catalog/containers/public-key'))).text()
    const path = 'nvidia/pytorch'
    const token = await tokenFor(path)
    const signed = await get(`/v2/${path}/manifests/24.05-py3`, token)
    const digest = signed.headers.get('docker-content-digest') ?? ''
    const tag = `${digest.replace(':', '-')}.sig`
    const manifest = manifestSchema.parse(
      await (await get(`/v2/${path}/manifests/${tag}`, token)).json(),
    )
    const layer = manifest.layers[0]
    const address = (await get(`/v2/${path}/blobs/${layer?.digest}`, token)).headers.get('location')
    const payload = Buffer.from(await (await fetch(address ?? '')).arrayBuffer())
    const signature = layer?.annotations?.['dev.cosignproject.cosign/signature'] ?? ''
    expect(createVerify('sha256').update(payload).verify(key, signature, 'base64')).toBe(true)
    expect(payload.toString()).toContain(digest)
  })
})
