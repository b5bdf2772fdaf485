import { readFile } from 'node:fs/promises'
import { availableMemory, execPath } from 'node:process'
import { join } from 'node:path'
import { run } from './measure.ts'

const REPORTED_ORDER = '/sys/module/page_reporting/parameters/page_reporting_order'
/** Above MAX_PAGE_ORDER, as it is on x86: no block of free memory is so large, so none is given back. */
const NO_ORDER = 11
/** For the system, which should not have to make room. */
const LEFT_BYTES = 2e9

/**
 * The host of a virtual machine gives it a page when that is used first, which costs a multiple of writing it: whoever comes
 * first to fresh memory would pay for those that come after. Here nearly all that is free is used once, where it stays with the
 * machine. Returns what memory is like, as lines of Markdown.
 */
export async function settleMemory(): Promise<string[]> {
  const order = await reportedOrder()
  if (order !== undefined && order < NO_ORDER)
    return [
      `- Freed memory goes back to the host (${REPORTED_ORDER} is ${order}, and would have to be ${NO_ORDER}): what is written then costs up to five times the processor time`,
    ]
  const usable = availableMemory() - LEFT_BYTES
  if (usable <= 0) return []
  await run([execPath, join(import.meta.dirname, 'touch-memory.ts'), String(usable)])
  const kept =
    order === undefined
      ? ''
      : ', and freed memory is kept from the host (free page reporting is off)'
  return [`- Free memory was used once before${kept}`]
}

/**
 * A virtual machine may give memory back to its host as soon as it is free ("free page reporting"), in blocks of this order
 * and above; undefined where nothing reports.
 */
async function reportedOrder(): Promise<number | undefined> {
  const order = Number(await readFile(REPORTED_ORDER, 'utf8').catch(() => Number.NaN))
  return order >= 0 ? order : undefined
}
