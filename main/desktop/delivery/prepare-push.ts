import { randomUUID } from 'node:crypto'
import { AppError, messageOf } from '../../api/errors.ts'
import type { DeliveryRow, PushPlanView } from '../../api/shapes.ts'
import { openPush, type PushSettings } from '../../delivery/open-push.ts'
import type { PlannedPush } from '../../delivery/push-plan.ts'
import type { PushListener } from '../../delivery/push.ts'
import { rememberPushes } from '../../delivery/remember-pushes.ts'
import { formatBytes } from '../../format.ts'
import type { History } from '../../library/history/history.ts'
import { inWords, type Prepared, type Track } from './prepared.ts'

/** Plans to push tarballs to a registry, which is asked what it has; pushes nothing yet. */
export async function preparePush(
  from: { folder: string; paths: readonly string[]; names: readonly string[] },
  settings: Omit<PushSettings, 'waiting'>,
  history: History,
  signal: AbortSignal,
): Promise<{ view: PushPlanView; prepared: Prepared }> {
  let running: Track | undefined
  const opened = await openPush({ ...settings, waiting: (message) => running?.waiting(message) })
  try {
    const plan = await opened.planFiles(from.paths, [...from.names], signal)
    const ids = new Map(plan.pushes.map((push, at) => [push, String(at)]))
    const { registry, prefix } = settings.target
    return {
      view: {
        id: randomUUID(),
        rows: plan.pushes.map(({ source, name, image, state, sizeBytes, notes }) => ({
          source,
          name,
          platform: image.platform,
          state,
          sizeBytes,
          notes: [...notes],
        })),
        failures: plan.failures.map(({ subject, error }) => ({
          name: subject,
          ...failureOf(error),
        })),
      },
      prepared: {
        kind: 'push',
        to: prefix === '' ? registry : `${registry}/${prefix}`,
        folder: from.folder,
        rows: [
          ...plan.pushes.map((push, at) => rowOf(push, String(at))),
          ...plan.failures.map(({ subject, error }, at) => ({
            id: `failed-${at}`,
            name: subject,
            phase: 'failed' as const,
            sizeBytes: 0,
            doneBytes: 0,
            failure: failureOf(error),
          })),
        ],
        async run(track, stop) {
          running = track
          const listener = listenerOf(track, (push) => ids.get(push) ?? '')
          await opened.push(plan, rememberPushes(listener, history), stop)
        },
        close: async () => await opened.close(),
      },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

function listenerOf(track: Track, idOf: (push: PlannedPush) => string): PushListener {
  return {
    started: (push) => track.change(idOf(push), { phase: 'running' }),
    progress: (push, doneBytes) => track.change(idOf(push), { doneBytes }),
    pushed: (push, { savedBytes }) =>
      track.change(idOf(push), {
        phase: 'done',
        doneBytes: push.sizeBytes,
        ...(savedBytes > 0 && { note: `${formatBytes(savedBytes)} were there` }),
      }),
    failed: (push, error) =>
      track.change(idOf(push), { phase: 'failed', failure: failureOf(error) }),
    warned: (message) => track.waiting(message),
  }
}

function rowOf(push: PlannedPush, id: string): DeliveryRow {
  const { source, sizeBytes, state } = push
  const phase = state === 'present' ? 'there' : 'waiting'
  return { id, name: source, phase, sizeBytes, doneBytes: 0 }
}

function failureOf(error: unknown): { message: string; hint?: string } {
  return error instanceof AppError ? inWords(error) : { message: messageOf(error).slice(0, 500) }
}
