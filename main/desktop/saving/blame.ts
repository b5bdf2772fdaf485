import { AppError } from '../../api/errors.ts'
import { isOfTheLine } from '../../net/failure.ts'
import type { Connection } from '../connection.ts'
import type { Core } from '../../core.ts'
import type { Registry } from '../../registry/client.ts'

/** Uses the core; what it throws is what really failed, by `blame`. */
export function blaming<Value>(
  connection: Pick<Connection, 'use'>,
  signal: AbortSignal,
  action: (core: Core) => Promise<Value>,
): Promise<Value> {
  return connection.use(async (core) => {
    try {
      return await action(core)
    } catch (error) {
      throw await blame(error, core.registry, signal)
    }
  })
}

/**
 * What a transfer really failed of. Where a registry answers it is not the line, which all would have to wait for, but a
 * host that this image needs: a firewall may let nvcr.io through and not its storage host.
 */
export async function blame(
  error: unknown,
  registry: Pick<Registry, 'answers'>,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof AppError) || !isOfTheLine(error)) return error
  if (signal.aborted || !(await registry.answers(signal))) return error
  const { code, message, hint } = error
  return new AppError(code, message, { ...(hint !== undefined && { hint }), cause: error })
}
