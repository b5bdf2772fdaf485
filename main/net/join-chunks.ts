import { LEAST_ROOM_BYTES } from './read-memory.ts'

/** The longest that bytes wait for more of them. A fast line fills their memory sooner. */
const LINGER_MS = 10

/**
 * Joins chunks that lie side by side in memory and come soon after one another, without copying: TLS gives records of
 * 16 KiB, a slow line what came since the last look, and each chunk has a cost of its own on its way. All are passed on in
 * their order, by `flush` at once.
 */
export function joinChunks(passOn: (chunk: Uint8Array) => void): {
  add(chunk: Uint8Array): void
  flush(): void
} {
  let waiting: Uint8Array | undefined
  let timer: NodeJS.Timeout | undefined

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const chunk = waiting
    waiting = undefined
    if (chunk) passOn(chunk)
  }
  return {
    add(chunk) {
      const joined = waiting && sideBySide(waiting, chunk)
      if (!joined) flush()
      waiting = joined ?? chunk
      if (fillsMemory(waiting)) flush()
      else timer ??= setTimeout(flush, LINGER_MS)
    },
    flush,
  }
}

/** Both as one, where the second begins in memory where the first ends; else undefined. */
function sideBySide(first: Uint8Array, second: Uint8Array): Uint8Array | undefined {
  const { buffer, byteOffset, length } = first
  if (second.buffer !== buffer || second.byteOffset !== byteOffset + length) return undefined
  return new Uint8Array(buffer, byteOffset, length + second.length)
}

/** Nothing comes after it any more. */
function fillsMemory({ buffer, byteOffset, length }: Uint8Array): boolean {
  return buffer.byteLength - byteOffset - length < LEAST_ROOM_BYTES
}
