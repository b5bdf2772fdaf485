import { create } from 'zustand'
import type { Place, PlanView } from '../../main/api/shapes.ts'
import { call } from '../replicator.ts'
import { failureOf, type Failed } from './failure.ts'

export type PlanState =
  | { state: 'none' }
  | { state: 'making'; place: Place; before?: PlanView }
  | { state: 'ready'; place: Place; plan: PlanView }
  | ({ state: 'failed'; place: Place } & Failed)

/** The plan for the place that was chosen last. */
export const usePlan = create<PlanState>(() => ({ state: 'none' }))

let latest = 0

/** Plans the selection for `place`. Only the answer to the last question counts. */
export async function makePlan(place: Place): Promise<void> {
  const question = ++latest
  const now = usePlan.getState()
  const before = now.state === 'ready' ? { before: now.plan } : {}
  usePlan.setState({ state: 'making', place, ...before }, true)
  try {
    const plan = await call('plan.make', { grant: place.grant })
    if (question === latest) usePlan.setState({ state: 'ready', place: plan.place, plan }, true)
  } catch (error) {
    if (question === latest) usePlan.setState({ state: 'failed', place, ...failureOf(error) }, true)
  }
}

export function forgetPlan(): void {
  latest += 1
  usePlan.setState({ state: 'none' }, true)
}
