import type { Role } from './request-log.ts'

/** How a service may misbehave on purpose, so that tests meet every fault that the field knows. */
export interface Fault {
  /** Whose answers; any when absent. */
  readonly role?: Role
  /** Only requests whose path contains this. */
  readonly path?: string
  /** How often, once when absent; `Infinity` for always. */
  readonly times?: number
  readonly does: Misbehaviour
}

export type Misbehaviour =
  /** The connection is reset after so many bytes of this answer's body. Not used up by a shorter answer. */
  | { readonly kind: 'drop'; readonly afterBytes: number }
  /** The answer looks whole, its length included, but holds only the first bytes. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  /** Nothing more is sent, and the connection stays open. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** One bit of this byte of the whole document is wrong. Not used up by an answer that does not hold it. */
  | { readonly kind: 'flip'; readonly atByte: number }
  /** `Content-Range` tells of a place one byte further on. */
  | { readonly kind: 'wrong-range' }
  /** A range is asked for, the whole is answered, with 200. */
  | { readonly kind: 'ignore-range' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }

/** May be changed while the sandbox runs. Rates of 0 mean no limit. */
export interface SandboxSettings {
  latencyMs: number
  bytesPerSecond: number
  totalBytesPerSecond: number
  registryTokenSeconds: number
  catalogueTokenSeconds: number
  signedAddressSeconds: number
}

export const defaultSettings: Readonly<SandboxSettings> = {
  latencyMs: 0,
  bytesPerSecond: 0,
  totalBytesPerSecond: 0,
  registryTokenSeconds: 300,
  catalogueTokenSeconds: 600,
  signedAddressSeconds: 300,
}

/** One answer's outline, as far as a fault can care. */
export interface AnswerOutline {
  readonly role: Role
  readonly path: string
  /** Place of the body in the whole document; more than 0 only for ranges. */
  readonly offset: number
  readonly sizeBytes: number
  readonly isRange: boolean
}

export class Faults {
  #active: { fault: Fault; left: number }[] = []

  /** Returns the call that takes it back. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 }
    this.#active.push(entry)
    return () => {
      this.#active = this.#active.filter((other) => other !== entry)
    }
  }

  clear(): void {
    this.#active = []
  }

  /** The first fault that fits this answer; it counts as used. */
  take(outline: AnswerOutline): Misbehaviour | undefined {
    const entry = this.#active.find(({ fault }) => fits(fault, outline))
    if (entry === undefined) return undefined
    entry.left -= 1
    if (entry.left <= 0) this.#active = this.#active.filter((other) => other !== entry)
    return entry.fault.does
  }
}

function fits({ role, path, does }: Fault, outline: AnswerOutline): boolean {
  if (role !== undefined && role !== outline.role) return false
  if (path !== undefined && !outline.path.includes(path)) return false
  if (does.kind === 'status') return true
  if (does.kind === 'wrong-range' || does.kind === 'ignore-range') return outline.isRange
  if (does.kind !== 'flip') return does.afterBytes < outline.sizeBytes
  return does.atByte >= outline.offset && does.atByte < outline.offset + outline.sizeBytes
}
