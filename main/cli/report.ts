import { AppError, messageOf } from '../api/errors.ts'
import { pathOf } from '../carried-app/carried-file.ts'
import type { PresentListener } from '../delivery/push-replicated.ts'
import { formatBytes, formatWait, plural } from '../format.ts'
import type { Plan, PlanFailure } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'
import type { ReplicateListener } from '../transfer/replicate.ts'
import * as event from './events.ts'
import { createLiveProgress } from './live-progress.ts'
import { explain, failureLines, type Output } from './output.ts'
import { printable, printableJson } from '../printable.ts'
import * as pushEvent from './push-events.ts'
import type { ReplicateOptions } from './replicate-options.ts'

/** Tells a run as it goes, in lines, in place, or as JSON events, and sums it up. */
export interface Report {
  readonly listener: ReplicateListener
  /** The network is gone, as this failure told, and is waited for, so long at most. */
  offline(error: unknown, longestWaitMs: number): void
  online(): void
  readonly pushes: PresentListener
  /** The failures last. Returns the exit code. */
  finish(stopped?: { readonly error: unknown; readonly wasInterrupted: boolean }): number
}

export async function createReport(
  plan: Plan,
  options: Pick<ReplicateOptions, 'json' | 'quiet' | 'exporter'>,
  output: Output,
  also: ReplicateListener = {},
): Promise<Report> {
  const failures: PlanFailure[] = [...plan.failures]
  let saved = 0
  let pushed = 0
  let bytes = 0
  const isQuiet = options.json || options.quiet
  let live =
    output.isTerminal && !isQuiet
      ? await createLiveProgress(
          process.stdout,
          options.exporter ? plan.writeBytes : plan.fetchBytes,
        )
      : undefined
  const tell = (line: string): void => {
    if (!isQuiet) (live ?? output).print(printable(line))
  }
  /** Beside the results: on standard error, or above the progress where that is drawn. */
  const note = (line: string): void => {
    if (live) live.print(printable(line))
    else if (!options.quiet) output.complain(printable(line))
  }
  const emit = (object: object): void => {
    if (options.json) output.print(printableJson(object))
  }
  for (const image of plan.images) if (image.state === 'present') emit(event.skippedEvent(image))

  const listener: ReplicateListener = {
    started(image) {
      also.started?.(image)
      if (!live && options.exporter)
        tell(`saving ${nameOf(image)}, ${formatBytes(image.sizeBytes)}`)
    },
    progress: (image, progress) => live?.update(image, progress),
    pulling: (image, progress) => live?.pulling(image, progress),
    fetched: (_image, count) => (bytes += count),
    saved(image, files) {
      saved += 1
      live?.end(image)
      also.saved?.(image, files)
      emit(event.savedEvent(image, files))
      const [first] = files
      const parts = files.length > 1 ? ` (${plural(files.length, 'part')})` : ''
      if (first) tell(`saved  ${nameOf(image)} → ${first.name}${parts}`)
    },
    failed(image, error) {
      failures.push({ subject: nameOf(image), error })
      live?.end(image)
      also.failed?.(image, error)
      emit(event.failedEvent(image, error))
      tell(`failed ${nameOf(image)}: ${messageOf(error)}`)
    },
    carried(file) {
      emit(event.appEvent(file, 'saved'))
      tell(`saved  ${pathOf(file)}, ${formatBytes(file.sizeBytes)}`)
    },
    notCarried(file, error) {
      failures.push({ subject: pathOf(file), error })
      emit(event.appEvent(file, 'failed', error))
      tell(`failed ${pathOf(file)}: ${messageOf(error)}`)
    },
    warned: (message) => output.complain(printable(message)),
    waiting(image, missingBytes) {
      emit(event.waitingEvent(image, missingBytes))
      output.complain(
        printable(
          `The drive is full: ${formatBytes(missingBytes)} are missing for ${nameOf(image)}. Free some space there, and it goes on by itself; nothing is lost.`,
        ),
      )
    },
  }

  const pushes: PresentListener = {
    fetched: (count) => (bytes += count),
    pushed(push, result) {
      pushed += 1
      emit(pushEvent.pushedEvent(push, result))
      tell(`pushed ${push.source} ${push.image.platform} → ${push.name}`)
    },
    failed(push, error) {
      failures.push({ subject: `${push.source} ${push.image.platform}`, error })
      emit(pushEvent.failedEvent(push, error))
      tell(`failed ${push.source} → ${push.name}: ${messageOf(error)}`)
    },
    warned: (message) => output.complain(printable(message)),
  }

  return {
    listener,
    offline(error, longestWaitMs) {
      emit(event.offlineEvent(error, longestWaitMs))
      const most = formatWait(longestWaitMs)
      note(`Offline: ${messageOf(error)} Waiting for the network, ${most} at most; Ctrl+C ends it.`)
    },
    online() {
      emit(event.onlineEvent)
      note('Online again, going on.')
    },
    pushes,
    finish(stopped) {
      live?.close()
      live = undefined
      const failed = failures.length
      emit(event.doneEvent(plan, { saved, failed, bytes, error: endedBy(stopped) }))
      const present = plan.images.filter(({ state }) => state === 'present').length
      const told = pushed > 0 ? `${pushed} pushed, ` : ''
      const written = options.exporter ? `${saved} saved, ` : ''
      // What could not even begin is not done.
      const hasBegun = saved + pushed + failures.length > 0 || stopped?.wasInterrupted !== false
      if (hasBegun)
        tell(
          `Done: ${written}${told}${present} present, ${failures.length} failed; ${formatBytes(bytes)} fetched.`,
        )
      for (const { subject, error } of failures) {
        for (const line of failureLines(subject, error)) output.complain(line)
      }
      if (stopped?.wasInterrupted) {
        output.complain(
          `Interrupted. ${plural(saved, 'image')} ${options.exporter ? 'saved and kept, and what was fetched of others as well' : 'pushed'}; run the same command to go on.`,
        )
        return 130
      }
      if (stopped === undefined) return failures.length > 0 ? 1 : 0
      for (const line of explain(stopped.error)) output.complain(line)
      return stopped.error instanceof AppError && stopped.error.code === 'usage' ? 2 : 1
    },
  }
}

function endedBy(stopped: Parameters<Report['finish']>[0]): string | undefined {
  return stopped?.wasInterrupted === true ? 'Interrupted.' : stopped && messageOf(stopped.error)
}

function nameOf(image: Plan['images'][number]): string {
  return `${formatReference(image.reference)} ${image.platform}`
}
