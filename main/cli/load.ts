import { messageOf } from '../api/errors.ts'
import { chooseEngine } from '../docker/find-engines.ts'
import type { EngineFacts, EngineKind } from '../docker/engine.ts'
import { load } from '../delivery/load.ts'
import { createHistory } from '../library/history/history.ts'
import { machineFolder } from '../library/history/machine-folder.ts'
import { listLeftovers } from '../library/leftovers.ts'
import { rememberLoads } from '../delivery/remember-loads.ts'
import { planLoad, type LoadPlan } from '../delivery/load-plan.ts'
import { formatBytes, plural } from '../format.ts'
import { createLoadReport, plannedEvent } from './load-report.ts'
import { explain, type Output } from './output.ts'
import { printable, printableJson } from '../printable.ts'
import { callersPath } from './paths.ts'

export interface LoadOptions {
  readonly to?: EngineKind
  readonly namespace: string
  readonly image?: string[]
  readonly dryRun: boolean
  readonly json: boolean
}

/** Hands tarballs to an engine of this machine. Returns 1 when any could not be loaded, 130 when interrupted. */
export async function loadCommand(
  paths: readonly string[],
  { to, namespace, image = [], dryRun, json }: LoadOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const engine = await chooseEngine(to, { namespace }, signal)
  const request = { paths: paths.map((path) => callersPath(path)), images: image }
  const plan = await planLoad(request, engine, signal)
  for (const line of await unfinishedIn(request.paths)) output.complain(printable(line))
  if (plan.items.length === 0) {
    output.complain(`There is no tarball in ${paths.join(', ')}.`)
    return 1
  }
  if (json) for (const item of plan.items) output.print(printableJson(plannedEvent(item)))
  else for (const line of planLines(plan)) output.print(printable(line))
  if (dryRun) return plan.items.some(({ state }) => state === 'refused') ? 1 : 0
  const history = createHistory(machineFolder())
  const report = await createLoadReport(plan, { json }, output)
  try {
    await load(plan, engine, rememberLoads(report.listener, engine.facts, history), signal)
  } catch (error) {
    report.finish(signal.aborted ? 'Interrupted.' : messageOf(error))
    if (!signal.aborted) throw error
    output.complain('Interrupted. What was loaded is kept; run the same command to go on.')
    return 130
  } finally {
    await history.settled()
  }
  return report.finish() > 0 ? 1 : 0
}

/** Folders are looked through for what can be loaded: what is passed over there deserves a word. */
async function unfinishedIn(paths: readonly string[]): Promise<string[]> {
  const lines = await Promise.all(
    paths.map(async (path) => {
      const leftovers = await listLeftovers(path)
      if (leftovers.length === 0) return []
      const names = leftovers.map(({ name }) => name).join(', ')
      const count = plural(leftovers.length, 'tarball')
      return [
        `${path} has ${count} that ${leftovers.length === 1 ? 'was' : 'were'} never finished, not loaded: ${names}`,
      ]
    }),
  )
  return lines.flat()
}

function planLines({ engine, items }: LoadPlan): string[] {
  const lines = items.flatMap((item) => {
    const name = item.references[0] ?? item.file
    const more = item.references.length > 1 ? ` and ${item.references.length - 1} more` : ''
    const size = item.state === 'refused' ? '' : formatBytes(item.sizeBytes)
    const line = `${WORDS[item.state].padEnd(8)}  ${size.padStart(8)}  ${name}${more}`
    if (item.state !== 'refused') return [line]
    return [line, ...explain(item.error).map((text) => `${' '.repeat(20)}${text}`)]
  })
  const toLoad = items.flatMap((item) => (item.state === 'load' ? [item] : []))
  const kept = toLoad.reduce((sum, { space }) => sum + space.keptBytes, 0)
  const scratch = Math.max(0, ...toLoad.map(({ space }) => space.scratchBytes))
  const free = engine.freeBytes === undefined ? '' : ` of ${formatBytes(engine.freeBytes)} free`
  const meanwhile =
    scratch > 0 ? `, and ${formatBytes(scratch)} meanwhile${scratchInWords(engine)}` : ''
  const space =
    toLoad.length === 0 ? '' : ` It takes about ${formatBytes(kept)}${free}${meanwhile}.`
  return [
    ...lines,
    `${engine.name} (${engine.address}): ${plural(toLoad.length, 'tarball')} to load.${space}`,
  ]
}

function scratchInWords({ scratch }: EngineFacts): string {
  if (scratch === undefined) return ''
  const { folder, freeBytes } = scratch
  return ` in ${folder}${freeBytes === undefined ? '' : `, which has ${formatBytes(freeBytes)} free`}`
}

const WORDS = { load: 'to load', tag: 'to name', held: 'there', refused: 'refused' } as const
