import type { Bridge, CallName, Events, Failure, Output, Sent } from '../main/api/contract.ts'

declare global {
  interface Window {
    readonly replicator: Bridge
  }
}

/** Asks main. Throws a CallError, in words that can be shown as they are. */
export async function call<Name extends CallName>(
  name: Name,
  input: Sent<Name>,
): Promise<Output<Name>> {
  const envelope = await window.replicator.call(name, input)
  if (!envelope.ok) throw new CallError(envelope.error)
  return envelope.value as Output<Name>
}

/** Hears one event until the returned function is called. */
export function on<Name extends keyof Events>(
  name: Name,
  listener: (payload: Events[Name]) => void,
): () => void {
  return window.replicator.listen((heard, payload) => {
    if (heard === name) listener(payload as Events[Name])
  })
}

export class CallError extends Error {
  readonly code: Failure['code']
  readonly hint: string | undefined

  constructor({ code, message, hint }: Failure) {
    super(message)
    this.name = 'CallError'
    this.code = code
    this.hint = hint
  }
}
