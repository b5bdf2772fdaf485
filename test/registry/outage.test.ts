import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import {
  blobHost,
  bytes,
  client,
  descriptor,
  repository,
  startOf,
  well,
  type Answer,
} from '../support/blob-host.ts'
import { serve } from '../support/server.ts'
import { createStillClock, impatient } from '../support/still-clock.ts'

/** A registry whose line goes at 300,000 bytes and is back after so many requests. */
function goneFor(requests: number): Answer {
  let left = requests
  return (request, response) => {
    if (startOf(request) === 0 && left === requests && request.url !== '/v2/') {
      left -= 1
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 300_000), () => response.destroy())
    } else if (left > 0) {
      left -= 1
      response.destroy()
    } else if (request.url === '/v2/') {
      response.writeHead(401).end()
    } else {
      well(request, response)
    }
  }
}

test('a blob waits for a lost line, then goes on at the byte it had', async () => {
  const host = await blobHost(goneFor(40))
  const clock = createStillClock()
  const told: string[] = []
  const outage = {
    longestWaitMs: 3_600_000,
    offline: () => void told.push('offline'),
    online: () => void told.push('online'),
  }
  const registry = client(host.url, { retry: impatient(clock), outage })
  let arrived = 0
  const onBytes = (length: number): void => void (arrived += length)
  const got = await buffer(registry.blob(repository, descriptor, { onBytes }))
  expect(got.equals(bytes)).toBe(true)
  expect(arrived).toBe(bytes.length)
  expect(told).toEqual(['offline', 'online'])
  // Once it is back nothing is waited for any more.
  expect(clock.waits.at(-1)).toBe(10_000)
})

test('where the registry answers, a blob host that is away is no outage: it fails by name', async () => {
  const away = await serve(() => undefined)
  await away.close()
  const registryServer = await serve(({ url }, response) => {
    if (url === '/v2/') response.writeHead(401).end()
    else response.writeHead(307, { location: `${away.url.origin}/blob?Signature=s3cret` }).end()
  })
  onTestFinished(() => registryServer.close())
  const told: string[] = []
  const registry = client(registryServer.url, {
    outage: { longestWaitMs: 3_600_000, offline: () => void told.push('offline') },
  })
  await expect(buffer(registry.blob(repository, descriptor))).rejects.toMatchObject({
    code: 'network',
    message: `${away.host} refused the connection.`,
  })
  expect(told).toEqual([])
})

test('a line that does not come back in time is the failure it began with', async () => {
  const host = await blobHost((_request, response) => void response.destroy())
  const clock = createStillClock()
  const outage = { longestWaitMs: 60_000 }
  const registry = client(host.url, { retry: impatient(clock), outage })
  await expect(buffer(registry.blob(repository, descriptor))).rejects.toMatchObject({
    code: 'network',
    message: `The connection to ${host.host} broke.`,
  })
  const afterTries = clock.waits.slice(5)
  expect(afterTries).toEqual(Array(6).fill(10_000))
})
