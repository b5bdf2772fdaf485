import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import {
  blobHost,
  bytes,
  client,
  descriptor,
  dropAt,
  fetched,
  redirecting,
  repository,
  status,
  well,
  type Answer,
} from '../support/blob-host.ts'
import { systemClock } from '../../main/net/clock.ts'
import { createStillClock, impatient } from '../support/still-clock.ts'

test('a line that drops in mid-blob goes on at the byte it had', async () => {
  const clock = createStillClock()
  let arrived = 0
  const { got, host } = await fetched(
    [dropAt(300_000), dropAt(700_000), well],
    { retry: impatient(clock) },
    { onBytes: (length) => (arrived += length) },
  )
  expect(got.equals(bytes)).toBe(true)
  expect(arrived).toBe(bytes.length)
  const asked = host.requests.map(({ headers }) => headers.range)
  expect(asked[0]).toBeUndefined()
  expect(asked[1]).toMatch(/^bytes=\d+-999999$/)
  expect(Number(/\d+/.exec(asked[2]!)![0])).toBeGreaterThan(Number(/\d+/.exec(asked[1]!)![0]))
  expect(clock.waits).toHaveLength(2)
})

test('more drops than there are tries do no harm, as long as each brings bytes', async () => {
  const drops = Array.from({ length: 9 }, (_, at) => dropAt((at + 1) * 100_000))
  const { got } = await fetched([...drops, well])
  expect(got.equals(bytes)).toBe(true)
})

test('without progress it gives up', async () => {
  const clock = createStillClock()
  await expect(fetched([dropAt(0)], { retry: impatient(clock) })).rejects.toMatchObject({
    code: 'network',
  })
  // A blob is worth twice the patience of a small request.
  expect(clock.waits).toHaveLength(11)
})

/** The first bytes of the blob, whatever was asked for, without a word on how many there are. */
const begin =
  (length: number): Answer =>
  (_request, response) =>
    void response.writeHead(200).end(bytes.subarray(0, length))

test('a 200 where a range was asked for begins at byte 0', async () => {
  const { got } = await fetched([dropAt(400_000), begin(bytes.length)])
  expect(got.equals(bytes)).toBe(true)
})

test.each<[string, Answer]>([
  [
    'another range',
    (_request, response) =>
      void response
        .writeHead(206, { 'content-range': `bytes 5-${bytes.length - 1}/${bytes.length}` })
        .end(bytes.subarray(5)),
  ],
  ['no Content-Range', status(206)],
  ['another size', status(206, { 'content-range': 'bytes 0-4/5' })],
  ['416', status(416)],
])('%s for a range: the blob is asked for as a whole', async (_name, wrong) => {
  const whole: Answer = (request, response) =>
    request.headers.range === undefined ? well(request, response) : wrong(request, response)
  const { got, host } = await fetched([dropAt(400_000), whole])
  expect(got.equals(bytes)).toBe(true)
  expect(host.requests.at(-1)!.headers.range).toBeUndefined()
})

test('an expired signed address sends us back to the registry, and on at the byte we had', async () => {
  const host = await blobHost(dropAt(500_000), status(403), well)
  const registry = client((await redirecting(host)).url)
  expect((await buffer(registry.blob(repository, descriptor))).equals(bytes)).toBe(true)
  const signatures = host.requests.map(({ url }) => url)
  // The first address is tried once more before the registry is asked for another.
  expect(new Set(signatures).size).toBe(2)
  expect(signatures[1]).toBe(signatures[0])
  expect(host.requests[2]!.headers.range).toMatch(/^bytes=\d{5,}-999999$/)
})

test('what a refusal is packed in does not matter: the address is asked for anew', async () => {
  const host = await blobHost(status(403, { 'content-encoding': 'gzip' }), well)
  const registry = client((await redirecting(host)).url)
  expect((await buffer(registry.blob(repository, descriptor))).equals(bytes)).toBe(true)
})

test('a length that is wrong once is asked for again, and believed when it is said twice', async () => {
  const short = status(200, { 'content-length': `${bytes.length - 1}` })
  expect((await fetched([short, well])).got.equals(bytes)).toBe(true)
  const clock = createStillClock()
  await expect(fetched([short], { retry: impatient(clock) })).rejects.toMatchObject({
    code: 'digest-mismatch',
  })
  expect(clock.waits).toHaveLength(1)
})

test('a blob host that refuses for good is named, its address is not', async () => {
  const host = await blobHost(status(403))
  const registry = client((await redirecting(host)).url)
  const error: unknown = await buffer(registry.blob(repository, descriptor)).catch(
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({
    code: 'denied',
    message: expect.stringContaining(host.host) as string,
  })
  expect(JSON.stringify(error) + String(error)).not.toContain('s3cret')
})

/** A byte now and then, and never an end. */
const trickle: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': bytes.length })
  const timer = setInterval(() => response.write('x'), 5)
  response.once('close', () => clearInterval(timer))
}

test('a body that trickles for ever ends in a time limit', async () => {
  const retry = { ...impatient(systemClock), firstDelayMs: 1, attempts: 1, totalTimeoutMs: 50 }
  await expect(fetched([trickle], { retry })).rejects.toMatchObject({
    kind: 'timeout',
    message: 'The data of nvcr.io/nvidia/pytorch comes too slowly.',
  })
})

test('429 with Retry-After is waited for', async () => {
  const clock = createStillClock()
  const { got } = await fetched([status(429, { 'retry-after': '17' }), well], {
    retry: impatient(clock),
  })
  expect(got.equals(bytes)).toBe(true)
  expect(clock.waits).toEqual([17_000])
})

describe('what is not the blob is an error', () => {
  const changed = Buffer.from(bytes)
  changed[500_000]! ^= 1

  test.each<[string, Buffer, boolean]>([
    ['one bit', changed, true],
    ['a longer body', Buffer.concat([bytes, Buffer.from('x')]), false],
    ['a longer body of told length', Buffer.concat([bytes, Buffer.from('x')]), true],
    ['a shorter body of told length', bytes.subarray(1), true],
  ])('%s', async (_name, wrong, tells) => {
    const answer: Answer = (_request, response) => {
      response.writeHead(200, tells ? { 'content-length': wrong.length } : {})
      response.end(wrong)
    }
    const failing = fetched([answer])
    // More than was asked for is cut off; what came before it is then right.
    if (!tells) expect((await failing).got.equals(bytes)).toBe(true)
    else await expect(failing).rejects.toMatchObject({ code: 'digest-mismatch' })
  })

  test('a body that ends early without saying so is continued', async () => {
    expect((await fetched([begin(400_000), well])).got.equals(bytes)).toBe(true)
  })

  test('a recompressed transfer', async () => {
    const answer = status(200, { 'content-encoding': 'gzip' })
    await expect(fetched([answer])).rejects.toThrow('recompresses')
  })

  test('404 and a redirect in circles', async () => {
    await expect(fetched([status(404)])).rejects.toMatchObject({ code: 'not-found' })
    await expect(fetched([status(307, { location: '/again' })])).rejects.toThrow('in circles')
    await expect(fetched([status(307)])).rejects.toThrow('to nowhere')
  })
})
