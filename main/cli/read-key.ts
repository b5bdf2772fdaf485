import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'
import { AppError } from '../api/errors.ts'

/** The key as it was given; `-` stands for standard input, at a terminal typed unseen. Throws AppError `usage`. */
export async function readKey(
  given: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (given !== '-') return given
  const key = await readSecret('NGC key', signal)
  if (key !== '') return key
  throw new AppError('usage', 'No key came from standard input.', {
    hint: 'Leave --api-key out to go on as guest.',
  })
}

/** A secret from standard input, at a terminal typed unseen; empty where nothing came. */
export async function readSecret(name: string, signal: AbortSignal): Promise<string> {
  const { stdin } = process
  const secret = stdin.isTTY
    ? await ask(stdin, name, signal)
    : await text(addAbortSignal(signal, stdin))
  return secret.trim()
}

/** Reads one line from a terminal without showing it. */
async function ask(
  terminal: typeof process.stdin,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  process.stderr.write(`${name} (not shown): `)
  terminal.setRawMode(true)
  try {
    let typed = ''
    for await (const chunk of addAbortSignal(signal, terminal)) {
      for (const character of String(chunk)) {
        if (character === '\u0003')
          throw new AppError('cancelled', 'Interrupted; nothing was written.')
        if (character === '\r' || character === '\n' || character === '\u0004') return typed
        typed =
          character === '\u007F' || character === '\b' ? typed.slice(0, -1) : typed + character
      }
    }
    return typed
  } finally {
    terminal.setRawMode(false)
    process.stderr.write('\n')
  }
}
