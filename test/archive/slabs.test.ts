import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Slabs } from '../../main/archive/slabs.ts'

const MB = 1024 * 1024
let written: string[] = []
/** Lets the write that is under way end. */
let endWrite: () => void = () => undefined

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  written = []
})
afterEach(() => void vi.useRealTimers())

/** As fast as they come, or each only when `endWrite` says so. */
function slabs({ isSlow = false } = {}): Slabs {
  return new Slabs(async (bytes) => {
    written.push(bytes.length > 100 ? `${bytes.length} bytes` : Buffer.from(bytes).toString())
    if (isSlow) {
      await new Promise<void>((resolve) => {
        endWrite = resolve
      })
    }
    return { hashed: Promise.resolve() }
  })
}

test('a few bytes wait for more, but not long', async () => {
  const some = slabs()
  await some.append(Buffer.from('ab'))
  await vi.advanceTimersByTimeAsync(5)
  await some.append(Buffer.from('cd'))
  await vi.advanceTimersByTimeAsync(4)
  expect(written).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(written).toEqual(['abcd'])
  await vi.advanceTimersByTimeAsync(500)
  expect(written).toHaveLength(1)
})

test('what is little beside all that came before waits longer, and no more than that', async () => {
  const some = slabs()
  await some.append(new Uint8Array(MB))
  written = []
  await some.append(new Uint8Array(9_000))
  await vi.advanceTimersByTimeAsync(99)
  expect(written).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(written).toEqual(['9000 bytes'])
  await some.append(new Uint8Array(9_000))
  await vi.advanceTimersByTimeAsync(25)
  await some.append(new Uint8Array(3_000))
  await vi.advanceTimersByTimeAsync(5)
  expect(written).toEqual(['9000 bytes', '12000 bytes'])
})

test('a full slab waits for nothing', async () => {
  const some = slabs()
  await some.append(new Uint8Array(MB + 200))
  await vi.advanceTimersByTimeAsync(0)
  expect(written).toEqual([`${MB} bytes`])
  await some.drain()
  expect(written).toEqual([`${MB} bytes`, '200 bytes'])
})

test('behind a write under way what comes gathers, and goes as soon as that ends', async () => {
  const some = slabs({ isSlow: true })
  await some.append(Buffer.from('a'))
  await vi.advanceTimersByTimeAsync(11)
  for (const letter of 'bcd') {
    await some.append(Buffer.from(letter))
    await vi.advanceTimersByTimeAsync(15)
  }
  expect(written).toEqual(['a'])
  endWrite()
  await vi.advanceTimersByTimeAsync(0)
  expect(written).toEqual(['a', 'bcd'])
})

test('a write that fails is the error of what comes next', async () => {
  const some = new Slabs(() => Promise.reject(new Error('torn out')))
  await some.append(Buffer.from('a'))
  await vi.advanceTimersByTimeAsync(11)
  await expect(some.drain()).rejects.toThrow('torn out')
  await expect(some.append(Buffer.from('b'))).rejects.toThrow('torn out')
})
