import type { TransferRow, TransfersView } from '../../main/api/shapes.ts'

/**
 * A bar never goes backwards: while a transfer goes on, its bytes only grow, whatever order snapshots come in
 * or a piece that has to be fetched again says. One that begins anew begins at its own bytes.
 */
export function keepForward(next: TransfersView, before: TransfersView | undefined): TransfersView {
  if (!before) return next
  const known = new Map(before.rows.map((row) => [row.id, row]))
  const rows = next.rows.map((row) => {
    const earlier = known.get(row.id)
    return earlier && goesOn(earlier, row) ? forward(row, earlier) : row
  })
  const isSameTotal = next.totalBytes === before.totalBytes && rows.every(({ id }) => known.has(id))
  const isAnew = rows.some((row) => row.share < (known.get(row.id)?.share ?? 0))
  const doneBytes =
    isSameTotal && !isAnew ? Math.max(next.doneBytes, before.doneBytes) : next.doneBytes
  return { ...next, rows, doneBytes }
}

function goesOn(earlier: TransferRow, row: TransferRow): boolean {
  const isEnded = earlier.phase === 'failed' || earlier.phase === 'cancelled'
  const isAnew = row.phase === 'waiting' && earlier.phase !== 'waiting'
  return !isEnded && !isAnew
}

function forward(row: TransferRow, earlier: TransferRow): TransferRow {
  const share = Math.max(row.share, earlier.share)
  // Another size is that of another step: its bytes begin anew.
  if (earlier.sizeBytes !== row.sizeBytes) return { ...row, share }
  return {
    ...row,
    share,
    writtenBytes: Math.max(row.writtenBytes, earlier.writtenBytes),
    durableBytes: Math.max(row.durableBytes, earlier.durableBytes),
  }
}
