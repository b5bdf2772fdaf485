import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { exchange } from '../../main/net/exchange.ts'

test('bytes that come together with the end of the line are read before its error', async () => {
  const controller = {
    pause() {},
    resume() {},
    abort() {},
  } as unknown as Dispatcher.DispatchController
  const dispatcher = {
    dispatch(_options: unknown, handler: Dispatcher.DispatchHandler) {
      handler.onRequestStart?.(controller, undefined)
      handler.onResponseStart?.(controller, 200, {}, '')
      handler.onResponseData?.(controller, Buffer.from('some'))
      handler.onResponseError?.(controller, new Error('reset'))
      return true
    },
  } as unknown as Dispatcher
  const request = { path: '/', method: 'GET' } as const
  const { body } = await exchange(dispatcher, request, (error) => error as Error)
  const chunks: string[] = []
  const reading = (async () => {
    for await (const chunk of body) chunks.push(String(chunk))
  })()
  await expect(reading).rejects.toThrow('reset')
  expect(chunks).toEqual(['some'])
})
