import { AppError, type ErrorCode } from '../../api/errors.ts'
import { FolderOccupied } from '../../disk/lock.ts'
import { NetworkError, type NetworkProblem } from '../../net/failure.ts'

/** An error as plain data: what is cloned for another thread loses its class and its fields. */
export type PackedError =
  | { kind: 'expected'; code: ErrorCode; message: string; hint: string | undefined }
  | { kind: 'network'; problem: NetworkProblem; message: string; hint: string | undefined }
  | { kind: 'occupied'; message: string; hint: string | undefined }
  | { kind: 'mistake'; message: string; stack: string | undefined }

export function packError(error: unknown): PackedError {
  if (error instanceof NetworkError) {
    const { kind: problem, message, hint } = error
    return { kind: 'network', problem, message, hint }
  }
  if (error instanceof FolderOccupied) {
    return { kind: 'occupied', message: error.message, hint: error.hint }
  }
  if (error instanceof AppError) {
    return { kind: 'expected', code: error.code, message: error.message, hint: error.hint }
  }
  if (error instanceof Error) {
    return { kind: 'mistake', message: error.message, stack: error.stack }
  }
  return { kind: 'mistake', message: String(error), stack: undefined }
}

export function unpackError(packed: PackedError): Error {
  const { kind, message } = packed
  if (kind === 'mistake') {
    return Object.assign(new Error(message), packed.stack !== undefined && { stack: packed.stack })
  }
  const options = packed.hint === undefined ? {} : { hint: packed.hint }
  if (kind === 'network') return new NetworkError(packed.problem, message, options)
  if (kind === 'occupied') return new FolderOccupied('destination', message, options)
  return new AppError(packed.code, message, options)
}
