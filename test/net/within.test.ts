import { expect, onTestFinished, test } from 'vitest'
import { readBody } from '../../main/net/body.ts'
import { createHttp } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { within } from '../../main/net/within.ts'
import { serve, type TestServer } from '../support/server.ts'

/** Sends a byte now and then, for ever: never idle, never done. */
async function trickling(): Promise<TestServer> {
  const server = await serve((_request, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('x'), 5)
    response.once('close', () => clearInterval(timer))
  })
  onTestFinished(() => server.close())
  return server
}

function client() {
  const http = createHttp({ proxy: noProxies, idleTimeoutMs: 1000 })
  onTestFinished(() => http.close())
  return http
}

test('an answer that trickles ends in a time limit, and its connection with it', async () => {
  const { url } = await trickling()
  const http = client()
  const reading = within(
    { limitMs: 100, name: 'nvcr.io' },
    async (signal) => readBody(await http.request(url, {}, signal), 1e6, 'The answer'),
    undefined,
  )
  await expect(reading).rejects.toMatchObject({
    code: 'network',
    kind: 'timeout',
    message: 'nvcr.io did not finish its answer in time.',
  })
})

test('what was opened in time may go on beyond the limit, until it is cancelled', async () => {
  const { url } = await trickling()
  const http = client()
  const stop = new AbortController()
  const limit = { limitMs: 1000, name: 'nvcr.io' }
  const { body } = await within(limit, (signal) => http.request(url, {}, signal), stop.signal)
  const reading = readBody({ status: 200, headers: {}, body }, 1e6, 'The body')
  stop.abort()
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
})
