import { expect, test } from 'vitest'
import { blame } from '../../../main/desktop/saving/blame.ts'
import { isOfTheLine, NetworkError } from '../../../main/net/failure.ts'

const { signal } = new AbortController()
const away = new NetworkError('refused', 'layers.nvcr.io refused the connection.')
const registryThat = (isThere: boolean) => ({ answers: () => Promise.resolve(isThere) })

test('a storage host that is away while the registry answers fails its image, and no other waits', async () => {
  const found = await blame(away, registryThat(true), signal)
  expect(found).toMatchObject({ code: 'network', message: away.message })
  expect(isOfTheLine(found)).toBe(false)
})

test('where nothing answers it is the line', async () => {
  expect(await blame(away, registryThat(false), signal)).toBe(away)
})

test('what is not of the line stays what it is, unasked', async () => {
  const registry = { answers: () => Promise.reject(new Error('not to be asked')) }
  const error = new NetworkError('certificate', 'The certificate cannot be trusted.')
  expect(await blame(error, registry, signal)).toBe(error)
  expect(await blame(away, registry, AbortSignal.abort())).toBe(away)
})
