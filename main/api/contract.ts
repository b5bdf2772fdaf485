import { z } from 'zod'
import type { ErrorCode } from './errors.ts'

/**
 * Every call that the window can make: what it may send, parsed before a handler sees it, and what
 * comes back. A new call is a line here and a handler; nothing else on the way knows its name.
 */
export const contract = {
  'app.about': takes(nothing()).gives<About>(),
  'notices.list': takes(nothing()).gives<Notice[]>(),
  'notices.dismiss': takes(z.strictObject({ id: z.string().max(64) })).gives<Notice[]>(),
}

/** Every event that the window can hear. They announce the whole new state and never steer. */
export type Events = {
  'notices.changed': Notice[]
}

export type About = {
  version: string
  electron: string
  chromium: string
  node: string
  platform: string
  /** 'packaged' when installed, 'development' when run from the source. */
  runtime: 'packaged' | 'development'
}

/** Something that happened without being asked for, said once until it is dismissed. */
export type Notice = {
  id: string
  message: string
  hint?: string
}

export type CallName = keyof typeof contract
export type Input<Name extends CallName> = z.output<(typeof contract)[Name]['input']>
export type Output<Name extends CallName> = Given<(typeof contract)[Name]>

/** One handler for each call. Parts of the host build their share: `Pick<Handlers, 'app.about'>`. */
export type Handlers = {
  [Name in CallName]: (input: Input<Name>) => Output<Name> | Promise<Output<Name>>
}

/** How every call is answered: Electron's `invoke` keeps only the message of an error. */
export type Envelope<Value = unknown> = { ok: true; value: Value } | { ok: false; error: Failure }

export type Failure = {
  /** 'internal' is a bug of ours; all others are expected. */
  code: ErrorCode | 'internal'
  message: string
  hint?: string
}

/** What the preload puts on `window.replicator`. Nothing else, ever. */
export type Bridge = {
  call: (name: string, input: unknown) => Promise<Envelope>
  /** Hears every event; the returned function stops it. */
  listen: (listener: (name: string, payload: unknown) => void) => () => void
}

type Call<Schema extends z.ZodType, Value> = { input: Schema; output?: Value }
type Given<Entry> = Entry extends { output?: infer Value } ? Value : never

/** The output is a type alone: our own values need no parsing on their way to our own window. */
function takes<Schema extends z.ZodType>(input: Schema) {
  return { gives: <Value>(): Call<Schema, Value> => ({ input }) }
}

function nothing() {
  return z.strictObject({})
}
