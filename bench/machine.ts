import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { has } from '../test/support/parts.ts'
import { run } from './measure.ts'

/** The machine and the versions of everything that is compared, as lines of Markdown. */
export async function describeMachine(): Promise<string[]> {
  const [cpu] = cpus()
  const asked = [
    ['docker', ['docker', '--version']],
    ['skopeo', ['skopeo', '--version']],
    ['ctr', ['ctr', '--version']],
    ['docker-registry', ['docker-registry', '--version']],
  ] as const
  const versions = await Promise.all(
    asked.map(async ([part, command]) =>
      has(part) ? (await run(command)).trim() : `${part}: not here`,
    ),
  )
  return [
    `- ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${(totalmem() / 1e9).toFixed(0)} GB, Linux ${release()}`,
    `- Node ${process.versions.node}; ${versions.join('; ')}`,
    ...(await describeFreedMemory()),
  ]
}

const REPORTED_ORDER = '/sys/module/page_reporting/parameters/page_reporting_order'
/** Above MAX_PAGE_ORDER, as it is on x86: no block of free memory is so large, so none is given back. */
const NO_ORDER = 11

/**
 * A virtual machine may give memory back to its host as soon as it is free ("free page reporting"), and then waits for every
 * page that it uses anew: who writes most, or soonest after something large was removed, pays for what others freed.
 */
async function describeFreedMemory(): Promise<string[]> {
  const order = Number(await readFile(REPORTED_ORDER, 'utf8').catch(() => Number.NaN))
  if (!(order >= 0)) return [] // negative where nothing reports
  return order >= NO_ORDER
    ? ['- Freed memory is kept from the host: free page reporting is off']
    : [
        `- Freed memory goes back to the host (${REPORTED_ORDER} is ${order}, and would have to be ${NO_ORDER}): what is written then costs up to five times the processor time`,
      ]
}
