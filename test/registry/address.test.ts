import { afterEach, expect, test } from 'vitest'
import { createHttp } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { publicSite } from '../../main/ngc/site.ts'
import { createAddresses, remoteRepository } from '../../main/registry/address.ts'
import { makeCertificates } from '../support/certificates.ts'
import { serve } from '../support/server.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

function addresses(extraCertificates: string[] = [], log?: (line: string) => void) {
  const http = createHttp({ proxy: noProxies, extraCertificates, ...(log && { log }) })
  open.push(http)
  return createAddresses({ http, site: publicSite })
}

test('the registry of the site is where the site says, Docker Hub where it is', async () => {
  const addressOf = addresses()
  expect(await addressOf('nvcr.io')).toBe(publicSite.registry)
  expect((await addressOf('docker.io')).href).toBe('https://registry-1.docker.io/')
  expect((await addressOf('quay.io')).href).toBe('https://quay.io/')
})

const at = (registry: string, repository: string): string =>
  remoteRepository({ registry, repository })

test('official images of Docker Hub live under library/', () => {
  expect(at('docker.io', 'busybox')).toBe('library/busybox')
  expect(at('docker.io', 'nvidia/cuda')).toBe('nvidia/cuda')
  expect(at('quay.io', 'busybox')).toBe('busybox')
})

test('a host on loopback may speak plain HTTP, which is found out once', async () => {
  const plain = await serve((_request, response) => void response.end())
  open.push(plain)
  const addressOf = addresses()
  const found = await Promise.all([addressOf(plain.host), addressOf(plain.host)])
  expect(found.map(({ href }) => href)).toEqual([plain.url.href, plain.url.href])
  expect(await addressOf(plain.host)).toBe(found[0])
})

test('a registry on loopback is asked in plain HTTP first, any other answer of it is tried in HTTPS', async () => {
  let status = 401
  const plain = await serve((_request, response) => void response.writeHead(status).end())
  open.push(plain)
  const asked: string[] = []
  const log = (line: string): void => void asked.push(line)
  await addresses([], log)(plain.host)
  expect(asked).toEqual([`GET http://${plain.host}/v2/ 401`])

  status = 404
  expect((await addresses([], log)(plain.host)).protocol).toBe('http:')
  expect(asked.slice(1)).toEqual([
    `GET http://${plain.host}/v2/ 404`,
    expect.stringContaining(`GET https://${plain.host}/v2/ failed`),
  ])
})

test('a registry on loopback that stalls in its answer is not waited for', async () => {
  const stalling = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 10 }).flushHeaders()
  })
  open.push(stalling)
  const begun = performance.now()
  expect((await addresses()(stalling.host)).href).toBe(stalling.url.href)
  expect(performance.now() - begun).toBeLessThan(20_000)
}, 60_000)

test('a host on loopback that speaks HTTPS is spoken to in HTTPS, its certificate checked', async () => {
  const { authority, server } = await makeCertificates()
  const secure = await serve((_request, response) => void response.end(), server)
  open.push(secure)
  expect((await addresses([authority])(secure.host)).protocol).toBe('https:')
  await expect(addresses()(secure.host)).rejects.toMatchObject({ kind: 'certificate' })
})

test('who waits until it is found out may leave', async () => {
  const plain = await serve((_request, response) => void response.end())
  open.push(plain)
  const stop = new AbortController()
  const found = addresses()(plain.host, stop.signal)
  stop.abort()
  await expect(found).rejects.toMatchObject({ code: 'cancelled' })
})
