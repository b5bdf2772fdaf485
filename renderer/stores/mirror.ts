import { create, type StoreApi, type UseBoundStore } from 'zustand'
import type { CallName, Events, Input, Output, Sent } from '../../main/api/contract.ts'
import { call, on } from '../replicator.ts'
import { failureOf, type Failed } from './failure.ts'

export type Mirrored<Value> =
  | { state: 'loading' }
  | { state: 'ready'; value: Value }
  | ({ state: 'failed' } & Failed)

/** A store of one snapshot of main's, and what begins to mirror it. */
export type Mirror<Value> = {
  use: UseBoundStore<StoreApi<Mirrored<Value>>>
  start: () => Promise<void>
  set: (value: Value) => void
}

/** The calls that give what an event announces. */
type Asks<Name extends keyof Events> = {
  [Ask in CallName]: Output<Ask> extends Events[Name]
    ? Record<string, never> extends Input<Ask>
      ? Ask
      : never
    : never
}[CallName]

/**
 * Subscribes first and asks second, so that nothing falls between the two; what was heard meanwhile is
 * newer than the answer and stands.
 */
export function mirrored<Name extends keyof Events>(
  event: Name,
  ask: Asks<Name>,
  change: (next: Events[Name], before: Events[Name] | undefined) => Events[Name] = (next) => next,
): Mirror<Events[Name]> {
  const use = create<Mirrored<Events[Name]>>(() => ({ state: 'loading' }))
  const set = (next: Events[Name]) => {
    const before = use.getState()
    const value = change(next, before.state === 'ready' ? before.value : undefined)
    use.setState({ state: 'ready', value }, true)
  }
  const start = async () => {
    let hasHeard = false
    on(event, (value) => {
      hasHeard = true
      set(value)
    })
    try {
      const value = await call(ask, {} as Sent<Asks<Name>>)
      if (!hasHeard) set(value as Events[Name])
    } catch (error) {
      if (!hasHeard) use.setState({ state: 'failed', ...failureOf(error) }, true)
    }
  }
  return { use, start, set }
}

/** What is mirrored, or undefined while there is nothing yet. */
export function valueOf<Value>(mirror: Mirrored<Value>): Value | undefined {
  return mirror.state === 'ready' ? mirror.value : undefined
}
