import type { DeliveryRow, DeliveryView, Place } from '../../api/shapes.ts'
import { createSpeed } from '../../transfer/speed.ts'
import type { Prepared, Track } from './prepared.ts'

/** How far a delivery is. */
export class Progress implements Track {
  readonly controller = new AbortController()
  readonly #prepared: Prepared
  readonly #changed: () => void
  readonly #rows: Map<string, DeliveryRow>
  readonly #speed = createSpeed()
  #state: 'running' | 'ended' | 'stopped' = 'running'
  #failure: { message: string; hint?: string } | undefined
  #waiting: string | undefined

  constructor(prepared: Prepared, changed: () => void) {
    this.#prepared = prepared
    this.#changed = changed
    this.#rows = new Map(prepared.rows.map((row) => [row.id, row]))
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  get folder(): string {
    return this.#prepared.folder
  }

  change(id: string, change: Partial<Omit<DeliveryRow, 'id'>>): void {
    const row = this.#rows.get(id)
    if (!row) return
    this.#waiting = undefined
    if (change.doneBytes !== undefined)
      this.#speed.add(Math.max(0, change.doneBytes - row.doneBytes))
    this.#rows.set(id, { ...row, ...change })
    this.#changed()
  }

  waiting(message: string): void {
    this.#waiting = message
    this.#changed()
  }

  /** What had not ended by itself was stopped with it. */
  end(failure?: { message: string; hint?: string }): void {
    this.#state = this.controller.signal.aborted ? 'stopped' : 'ended'
    this.#failure = failure
    for (const [id, row] of this.#rows) {
      if (['waiting', 'running', 'unpacking'].includes(row.phase))
        this.#rows.set(id, { ...row, phase: 'stopped' })
    }
    this.#changed()
  }

  view(place: Place): DeliveryView {
    const { kind, to } = this.#prepared
    const rows = [...this.#rows.values()]
    const counted = rows.filter(({ phase }) => phase !== 'there' && phase !== 'failed')
    const totalBytes = counted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const doneBytes = counted.reduce((sum, row) => sum + row.doneBytes, 0)
    const speed = this.isRunning ? this.#speed.bytesPerSecond() : undefined
    return {
      state: this.#state,
      kind,
      to,
      place,
      rows,
      totalBytes,
      doneBytes,
      ...(speed !== undefined && {
        bytesPerSecond: speed,
        ...(speed > 0 && { secondsLeft: (totalBytes - doneBytes) / speed }),
      }),
      ...(this.#failure && { failure: this.#failure }),
      ...(this.#waiting !== undefined && { waiting: this.#waiting }),
    }
  }
}
