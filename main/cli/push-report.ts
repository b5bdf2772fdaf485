import { messageOf } from '../api/errors.ts'
import type { PushPlan } from '../delivery/push-plan.ts'
import type { PushListener } from '../delivery/push.ts'
import { formatBytes, plural } from '../format.ts'
import type { PlanFailure } from '../plan/plan.ts'
import { createLiveLine } from './live-line.ts'
import { failureLines, type Output } from './output.ts'
import { printable, printableJson } from '../printable.ts'
import * as event from './push-events.ts'

/** Tells a push as it goes, in lines, in place, or as JSON events, and sums it up. */
export interface PushReport {
  readonly listener: PushListener
  /** The failures last. Returns the exit code. */
  finish(how: 'done' | 'dry-run' | 'interrupted'): number
}

export async function createPushReport(
  plan: PushPlan,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
  output: Output,
): Promise<PushReport> {
  const failures: PlanFailure[] = [...plan.failures]
  const skipped = plan.pushes.filter(({ state }) => state === 'present')
  const tally = { pushed: 0, sentBytes: 0, savedBytes: 0 }
  const live = output.isTerminal && !json && !quiet ? await createLiveLine() : undefined
  const tell = (line: string): void => {
    live?.clear()
    if (!json && !quiet) output.print(printable(line))
  }
  const emit = (object: event.PushEvent): void => {
    if (json) output.print(printableJson(object))
  }

  const listener: PushListener = {
    started: (push) => tell(`pushing ${push.source} → ${push.name}`),
    progress: (push, doneBytes) => live?.update(push.name, doneBytes, push.sizeBytes),
    pushed(push, result) {
      tally.pushed += 1
      tally.sentBytes += result.sentBytes
      tally.savedBytes += result.savedBytes
      emit(event.pushedEvent(push, result))
      const there = result.savedBytes > 0 ? `, ${formatBytes(result.savedBytes)} were there` : ''
      tell(
        `pushed  ${push.name} ${push.image.platform}: ${formatBytes(result.sentBytes)} sent${there}`,
      )
    },
    failed(push, error) {
      failures.push({ subject: `${push.source} ${push.image.platform}`, error })
      emit(event.failedEvent(push, error))
      tell(`failed  ${push.name}: ${messageOf(error)}`)
    },
    warned: (message) => output.complain(printable(message)),
  }

  return {
    listener,
    finish(how) {
      live?.clear()
      if (how !== 'dry-run') for (const push of skipped) emit(event.skippedEvent(push))
      for (const failure of plan.failures) emit(event.unplannedEvent(failure))
      const failed = failures.length
      const planned = plan.pushes.length + plan.failures.length
      const why = how === 'interrupted' && { error: 'Interrupted.' }
      emit({ event: 'done', planned, skipped: skipped.length, failed, ...tally, ...why })
      if (how !== 'dry-run') {
        tell(
          `Done: ${tally.pushed} pushed, ${skipped.length} present, ${failed} failed; ${formatBytes(tally.sentBytes)} sent.`,
        )
      }
      for (const { subject, error } of failures) {
        for (const line of failureLines(subject, error)) output.complain(line)
      }
      if (how === 'interrupted') {
        output.complain('Interrupted. What was pushed stays; run the same command to go on.')
        return 130
      }
      return failed > 0 ? 1 : 0
    },
  }
}

/** The plan as a person reads it: which name becomes which. */
export function pushPlanLines({ pushes, failures }: PushPlan): string[] {
  const lines = pushes.map(({ state, sizeBytes, source, name, image, notes }) => {
    const note = notes.map((text) => `; ${text}`).join('')
    const size = formatBytes(sizeBytes).padStart(8)
    return printable(`${state.padEnd(8)}  ${size}  ${source} ${image.platform} → ${name}${note}`)
  })
  const present = pushes.filter(({ state }) => state === 'present').length
  const failed = failures.length > 0 ? `, ${failures.length} failed` : ''
  const count = plural(pushes.length, 'image')
  return [
    ...lines,
    `Plan: ${count}, ${pushes.length - present} to push, ${present} present${failed}.`,
  ]
}
