import type { CoreSettings } from '../core-settings.ts'
import type { PackedError } from './packed-error.ts'
import type { AppTask, SaveTask, SaveUpdate, Target } from './saving.ts'

/** Main to the thread. Each task has a number of its own. */
export type Order =
  | { do: 'prepare'; core: CoreSettings }
  | { do: 'save'; id: number; task: SaveTask; core: CoreSettings }
  | { do: 'put-app'; id: number; task: AppTask; core: CoreSettings }
  | { do: 'discard'; id: number; target: Target }
  | { do: 'stop'; id: number; why: PackedError }
  | { do: 'limit'; bytesPerSecond: number | undefined }
  | { do: 'end' }

/** The thread to main. */
export type Report =
  | { is: 'update'; id: number; update: SaveUpdate }
  | { is: 'done'; id: number; file?: string | undefined }
  | { is: 'failed'; id: number; error: PackedError }
  | { is: 'log'; line: string; error?: PackedError }
  | { is: 'ended' }

/** The thread as main has it: a worker in the application, a channel in tests. */
export type SavingThread = {
  send: (order: Order) => void
  /** `ended` is told of an end that nobody asked for. */
  hear: (report: (report: Report) => void, ended: (error: unknown) => void) => void
  end: () => Promise<void>
}
