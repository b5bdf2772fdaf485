import { expect, test } from 'vitest'
import { isTrusted, type Frame } from '../../main/electron/trust.ts'

const origin = 'app://replicator'
const main: Frame = { processId: 4, routingId: 1, origin }

test('the main frame on our own page is trusted', () => {
  expect(isTrusted({ ...main }, main, origin)).toBe(true)
})

test.each([
  ['a frame that is gone', null],
  ['a frame inside the page', { ...main, routingId: 2 }],
  ['a frame of another process', { ...main, processId: 5 }],
  ['our frame on a foreign page', { ...main, origin: 'https://example.com' }],
  ['our frame on a page without an origin', { ...main, origin: 'null' }],
])('%s is not', (_what, sender) => {
  expect(isTrusted(sender, main, origin)).toBe(false)
})

test('nobody is, when there is no window', () => {
  expect(isTrusted(main, undefined, origin)).toBe(false)
})
