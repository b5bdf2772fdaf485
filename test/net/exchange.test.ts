import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { expect, test, vi } from 'vitest'
import { exchange } from '../../main/net/exchange.ts'
import { BodyMemory, giveBack } from '../../main/net/read-memory.ts'

const controller = {
  pause() {},
  resume() {},
  abort() {},
} as unknown as Dispatcher.DispatchController

/** The body of an answer to which this happens at once. */
async function bodyOf(happens: (handler: Dispatcher.DispatchHandler) => void): Promise<Readable> {
  const dispatcher = {
    dispatch(_options: unknown, handler: Dispatcher.DispatchHandler) {
      handler.onRequestStart?.(controller, undefined)
      handler.onResponseStart?.(controller, 200, {}, '')
      happens(handler)
      return true
    },
  } as unknown as Dispatcher
  const request = { path: '/', method: 'GET' } as const
  const { body } = await exchange(dispatcher, request, (error) => error as Error)
  return body
}

test('bytes that come together with the end of the line are read before its error', async () => {
  const body = await bodyOf((handler) => {
    handler.onResponseData?.(controller, Buffer.from('some'))
    handler.onResponseError?.(controller, new Error('reset'))
  })
  const chunks: string[] = []
  const reading = (async () => {
    for await (const chunk of body) chunks.push(String(chunk))
  })()
  await expect(reading).rejects.toThrow('reset')
  expect(chunks).toEqual(['some'])
})

test('the last bytes wait for nothing', async () => {
  const body = await bodyOf((handler) => {
    handler.onResponseData?.(controller, Buffer.from('all'))
    handler.onResponseEnd?.(controller, {})
  })
  expect(String(body.read())).toBe('all')
})

const nextMemory = (): ArrayBufferLike => {
  const memory = new BodyMemory()
  const chunk = memory.lend(new Uint8Array(5))
  memory.end()
  giveBack(chunk)
  return chunk.buffer
}

test('what still waited for more bytes when its reader left is memory for others', async () => {
  const memory = nextMemory()
  const body = await bodyOf((handler) => {
    handler.onResponseData?.(controller, Buffer.alloc(5))
    expect(nextMemory() === memory).toBe(false)
  })
  const others = nextMemory()
  body.destroy()
  await vi.waitFor(() => expect(nextMemory() === memory).toBe(true))
  expect(others === memory).toBe(false)
})
