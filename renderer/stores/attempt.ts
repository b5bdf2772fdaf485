import { notifications } from '@mantine/notifications'
import type { CallName, Output, Sent } from '../../main/api/contract.ts'
import { call } from '../replicator.ts'
import { failureOf } from './failure.ts'

/** Asks main; a failure is said at the edge of the window. Undefined when it failed. */
export async function attempt<Name extends CallName>(
  name: Name,
  input: Sent<Name>,
): Promise<Output<Name> | undefined> {
  try {
    return await call(name, input)
  } catch (error) {
    sayFailure(error)
    return undefined
  }
}

export function sayFailure(error: unknown): void {
  const { message, hint } = failureOf(error)
  notifications.show({ color: 'red', title: message, message: hint ?? '', autoClose: 12_000 })
}

/** Something small that went well. */
export function say(message: string): void {
  notifications.show({ message, autoClose: 3_000 })
}

/** Copies through main: the page itself has no clipboard. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await call('app.copy', { text })
    say(`Copied ${what}.`)
  } catch (error) {
    sayFailure(error)
  }
}
