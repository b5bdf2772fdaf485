import type { z } from 'zod'
import { contract, type CallName, type Envelope, type Failure, type Handlers } from './contract.ts'
import { AppError } from './errors.ts'
import { exceeds } from './size.ts'

/** Far above any paste of references, far below what would hold up the main process. */
export const inputLimitBytes = 1_000_000

/**
 * Answers the calls of the window: a known name, input of a sane size and of the shape that the
 * contract asks for, then its handler. Never throws. What was not expected is told to `report`, once,
 * and to the window as one calm sentence, since the words of a bug may hold anything.
 */
export function createAnswer(
  handlers: Handlers,
  report: (name: string, error: unknown) => void,
): (name: unknown, input: unknown) => Promise<Envelope> {
  return async (name, input) => {
    try {
      if (!isCallName(name)) throw refusal('The window asked for something this version lacks.')
      return { ok: true, value: await handle(handlers, name, input) }
    } catch (error) {
      if (error instanceof AppError) return { ok: false, error: failureOf(error) }
      report(String(name), error)
      return { ok: false, error: bug }
    }
  }
}

const bug: Failure = {
  code: 'internal',
  message: 'That did not work, because of a mistake in this application.',
  hint: 'Nothing was lost. Try again; if it stays, the log says more.',
}

async function handle(handlers: Handlers, name: CallName, input: unknown): Promise<unknown> {
  if (exceeds(input, inputLimitBytes)) {
    throw refusal('The window sent more than can be taken at once.', 'Send less at a time.')
  }
  const parsed = contract[name].input.safeParse(input)
  if (!parsed.success) {
    // Only which field and why: the value itself may be a secret.
    throw refusal(`The window sent something that "${name}" cannot take.`, explain(parsed.error))
  }
  // The schema of this very name has parsed it; TypeScript cannot follow one name through both maps.
  return await handlers[name](parsed.data as never)
}

function explain(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': '))
    .join('; ')
}

/** Own keys alone: `constructor` and `__proto__` are names too. */
function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(contract, name)
}

function refusal(message: string, hint?: string): AppError {
  return new AppError('usage', message, hint === undefined ? {} : { hint })
}

function failureOf({ code, message, hint }: AppError): Failure {
  return hint === undefined ? { code, message } : { code, message, hint }
}
