import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Slabs } from '../../main/archive/slabs.ts'
import { noise } from '../../main/sandbox/image.ts'

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
  await vi.advanceTimersByTimeAsync(2)
  await some.append(Buffer.from('cd'))
  await vi.advanceTimersByTimeAsync(2)
  expect(written).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(written).toEqual(['abcd'])
  await vi.advanceTimersByTimeAsync(500)
  expect(written).toHaveLength(1)
})

test('what is little beside all that came before waits longer, but no more than that', async () => {
  const some = slabs()
  await some.append(new Uint8Array(MB))
  written = []
  await some.append(new Uint8Array(9_000))
  await vi.advanceTimersByTimeAsync(99)
  expect(written).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(written).toEqual(['9000 bytes'])
  await some.append(new Uint8Array(9_000))
  await vi.advanceTimersByTimeAsync(50)
  await some.append(new Uint8Array(3_000))
  await vi.advanceTimersByTimeAsync(4)
  expect(written).toEqual(['9000 bytes'])
  await vi.advanceTimersByTimeAsync(1)
  expect(written).toEqual(['9000 bytes', '12000 bytes'])
  await some.append(new Uint8Array(100))
  await some.drain()
  expect(vi.getTimerCount()).toBe(0)
})

test('bytes are written as they came, wherever they lie and wherever a slab ends', async () => {
  const pieces: Uint8Array[] = []
  const some = new Slabs(async (bytes) => {
    pieces.push(Uint8Array.from(bytes))
    return { hashed: Promise.resolve() }
  })
  const all = new Uint8Array(noise('slabs', 3 * MB + 5))
  for (let at = 3, size = 1; at < all.length; at += size, size = (size * 3) % 700_001) {
    await some.append(all.subarray(at, at + size))
  }
  await some.drain()
  expect(Buffer.concat(pieces).equals(all.subarray(3))).toBe(true)
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
  await vi.advanceTimersByTimeAsync(6)
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
  await vi.advanceTimersByTimeAsync(6)
  await expect(some.drain()).rejects.toThrow('torn out')
  await expect(some.append(Buffer.from('b'))).rejects.toThrow('torn out')
})
