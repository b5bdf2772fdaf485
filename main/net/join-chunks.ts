/** Gathers chunks for one turn of the event loop. */
export interface JoinedChunks {
  add(chunk: Uint8Array): void
  /** Passes on what waits, without waiting for the turn's end. */
  flush(): void
}

/**
 * Joins the chunks of one turn of the event loop that lie side by side in memory, without copying: TLS gives records of
 * 16 KiB, and each chunk costs as much on its way as one of 256 KiB. All are passed on, in their order.
 */
export function joinChunks(passOn: (chunk: Uint8Array) => void): JoinedChunks {
  let waiting: Uint8Array | undefined
  let turn: NodeJS.Immediate | undefined

  const flush = (): void => {
    clearImmediate(turn)
    turn = undefined
    const chunk = waiting
    waiting = undefined
    if (chunk !== undefined) passOn(chunk)
  }
  return {
    add(chunk) {
      const joined = waiting && sideBySide(waiting, chunk)
      if (joined === undefined) flush()
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
