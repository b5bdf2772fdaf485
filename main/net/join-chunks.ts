/**
 * Joins the chunks of one turn of the event loop that lie side by side in memory, without copying: TLS gives records of
 * 16 KiB, and each chunk has a cost of its own on its way. All are passed on in their order, by `flush` at once.
 */
export function joinChunks(passOn: (chunk: Uint8Array) => void): {
  add(chunk: Uint8Array): void
  flush(): void
} {
  let waiting: Uint8Array | undefined
  let turn: NodeJS.Immediate | undefined

  const flush = (): void => {
    clearImmediate(turn)
    turn = undefined
    const chunk = waiting
    waiting = undefined
    if (chunk) passOn(chunk)
  }
  return {
    add(chunk) {
      const joined = waiting && sideBySide(waiting, chunk)
      if (waiting && !joined) passOn(waiting)
      waiting = joined ?? chunk
      turn ??= setImmediate(flush)
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
