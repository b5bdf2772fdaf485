import { messageOf } from '../api/errors.ts'
import type { PlannedPush } from '../delivery/push-plan.ts'
import type { PushResult } from '../delivery/push.ts'
import type { PlanFailure } from '../plan/plan.ts'

/** One object a line of `push --json`: a plan event for each image, an event as each ends, and one done event last. */
export type PushEvent = PushPlanEvent | PushedEvent | PushDoneEvent

interface PushPlanEvent {
  readonly event: 'plan'
  readonly reference: string
  /** The name at the registry. */
  readonly target: string
  readonly digest: string
  readonly platform: string
  readonly sizeBytes: number
  readonly state: PlannedPush['state']
  readonly notes: readonly string[]
}

interface PushedEvent {
  readonly event: 'push'
  readonly reference: string
  readonly target: string | null
  readonly platform: string | null
  readonly digest: string | null
  readonly state: 'pushed' | 'skipped' | 'failed'
  readonly sentBytes: number
  readonly error?: string
}

interface PushDoneEvent extends PushTally {
  readonly event: 'done'
  /** Why it did not come to its end. */
  readonly error?: string
}

export interface PushTally {
  readonly planned: number
  readonly pushed: number
  readonly skipped: number
  readonly failed: number
  readonly sentBytes: number
  /** That the registry had already, here or in another repository. */
  readonly savedBytes: number
}

export function planEvent(planned: PlannedPush): PushPlanEvent {
  const { sizeBytes, state, notes } = planned
  return { event: 'plan', ...names(planned), sizeBytes, state, notes }
}

export function pushedEvent(planned: PlannedPush, { sentBytes }: PushResult): PushedEvent {
  return { event: 'push', ...names(planned), state: 'pushed', sentBytes }
}

export function skippedEvent(planned: PlannedPush): PushedEvent {
  return { event: 'push', ...names(planned), state: 'skipped', sentBytes: 0 }
}

export function failedEvent(planned: PlannedPush, error: unknown): PushedEvent {
  const base = { event: 'push', ...names(planned), state: 'failed', sentBytes: 0 } as const
  return { ...base, error: messageOf(error) }
}

export function unplannedEvent({ subject, error }: PlanFailure): PushedEvent {
  return {
    event: 'push',
    reference: subject,
    target: null,
    platform: null,
    digest: null,
    state: 'failed',
    sentBytes: 0,
    error: messageOf(error),
  }
}

function names({ source, name, image }: PlannedPush) {
  const { platform, manifest } = image
  return { reference: source, target: name, platform, digest: manifest.descriptor.digest }
}
