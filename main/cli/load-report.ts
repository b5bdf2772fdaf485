import { messageOf } from '../api/errors.ts'
import type { LoadListener } from '../delivery/load.ts'
import type { LoadItem, LoadPlan } from '../delivery/load-plan.ts'
import { createSpeed } from '../transfer/speed.ts'
import { drawOn } from './draw-on.ts'
import { progressLine } from './progress-line.ts'
import { failureLines, type Output } from './output.ts'
import { printable, printableJson } from '../printable.ts'

/** One object a line of `load --json`: a plan event for each tarball, a tarball event as each ends, and done last. */
export type LoadEvent =
  | {
      readonly event: 'plan'
      readonly file: string
      readonly references: readonly string[]
      readonly state: LoadItem['state']
      readonly sizeBytes: number | null
      /** That stay on the engine's disk, and that are needed meanwhile; where it is to be loaded. */
      readonly keptBytes?: number
      readonly scratchBytes?: number
      readonly error?: string
    }
  | {
      readonly event: 'tarball'
      readonly file: string
      readonly references: readonly string[]
      readonly state: 'loaded' | 'tagged' | 'skipped' | 'failed'
      readonly error?: string
    }
  | {
      readonly event: 'done'
      readonly engine: string
      readonly loaded: number
      readonly tagged: number
      readonly skipped: number
      readonly failed: number
      /** Why it did not come to its end. */
      readonly error?: string
    }

export function plannedEvent(item: LoadItem): LoadEvent {
  const { file, references, state } = item
  return {
    event: 'plan',
    file,
    references,
    state,
    sizeBytes: state === 'refused' ? null : item.sizeBytes,
    ...(state === 'load' && item.space),
    ...(state === 'refused' && { error: messageOf(item.error) }),
  }
}

/** Tells loading as it goes, in lines, in place, or as JSON events, and sums it up. */
export interface LoadReport {
  readonly listener: LoadListener
  /** The failures last; `why` it did not come to its end. Returns how many there were. */
  finish(why?: string): number
}

export async function createLoadReport(
  { engine }: LoadPlan,
  { json }: { readonly json: boolean },
  output: Output,
): Promise<LoadReport> {
  const counts = { loaded: 0, tagged: 0, skipped: 0, failed: 0 }
  const failures: { readonly name: string; readonly error: unknown }[] = []
  const draw = output.isTerminal && !json ? await drawOn(process.stdout) : undefined
  let speed = createSpeed()
  let drawnMs = 0

  const tell = (line: string): void => {
    draw?.clear()
    if (!json) output.print(printable(line))
  }
  const ended = (
    item: LoadItem,
    state: keyof typeof counts,
    words: string,
    error?: unknown,
  ): void => {
    counts[state] += 1
    const { file, references } = item
    const event: LoadEvent = {
      event: 'tarball',
      file,
      references,
      state,
      ...(error !== undefined && { error: messageOf(error) }),
    }
    if (json) output.print(printableJson(event))
    tell(words)
  }

  let lastBytes = 0
  const listener: LoadListener = {
    started(item) {
      speed = createSpeed()
      lastBytes = 0
      if (draw === undefined) tell(`loading ${nameOf(item)}`)
    },
    progress(item, { phase, readBytes }) {
      speed.add(readBytes - lastBytes)
      lastBytes = readBytes
      const nowMs = performance.now()
      if (draw === undefined || (phase === 'reading' && nowMs - drawnMs < REDRAW_MS)) return
      drawnMs = nowMs
      const columns = process.stdout.columns || 80
      const state = { bytes: readBytes, totalBytes: item.sizeBytes }
      draw(
        phase === 'unpacking'
          ? `${nameOf(item)}: ${engine.name} is unpacking it`.slice(0, columns - 1)
          : progressLine(
              nameOf(item),
              { ...state, bytesPerSecond: speed.bytesPerSecond() },
              columns,
            ),
      )
    },
    loaded: (item) => ended(item, 'loaded', `loaded  ${nameOf(item)}`),
    tagged: (item) => ended(item, 'tagged', `named   ${nameOf(item)}, which was there`),
    skipped: (item) => ended(item, 'skipped', `skipped ${nameOf(item)}, which is there`),
    failed(item, error) {
      failures.push({ name: nameOf(item), error })
      ended(item, 'failed', `failed  ${nameOf(item)}`, error)
    },
  }

  return {
    listener,
    finish(why) {
      draw?.clear()
      draw?.done()
      const done: LoadEvent = {
        event: 'done',
        engine: engine.name,
        ...counts,
        ...(why !== undefined && { error: why }),
      }
      if (json) output.print(printableJson(done))
      const { loaded, tagged, skipped, failed } = counts
      const named = tagged > 0 ? `, ${tagged} named` : ''
      tell(`Done: ${loaded} loaded${named}, ${skipped} there already, ${failed} failed.`)
      for (const { name, error } of failures) {
        for (const line of failureLines(name, error)) output.complain(line)
      }
      return failed
    },
  }
}

const REDRAW_MS = 200

function nameOf({ references, file }: LoadItem): string {
  const [first = file] = references
  return printable(references.length > 1 ? `${first} and ${references.length - 1} more` : first)
}
