import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { AppError } from '../api/errors.ts'
import { programFailure } from './failure.ts'

export interface RunOptions {
  /** As its failures are to name it. */
  readonly engine: string
  /** Given to its standard input; none when absent. */
  readonly input?: Readable
  /** Each line of its error output, as it comes. */
  readonly said?: ((line: string) => void) | undefined
}

/**
 * Runs an engine's program without a shell and gives what it printed. Rejects with AppError `engine` or `no-space` when it
 * fails, in its own words, `not-found` when there is no such program, or the signal's reason.
 */
export async function runProgram(
  program: string,
  arguments_: readonly string[],
  options: RunOptions,
  signal?: AbortSignal,
): Promise<string> {
  const child = spawn(program, arguments_, {
    stdio: [options.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  })
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, killed) => resolve(code ?? killed ?? 'SIGKILL'))
  })
  ended.catch(() => undefined)
  let complaint = ''
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      complaint = `${complaint}\n${line}`.slice(-4000)
      if (line.trim()) options.said?.(line.trim())
    })
  }
  const printed = child.stdout ? text(child.stdout).catch(() => '') : Promise.resolve('')
  try {
    // A program that fails reads no further: what it said then counts, not the broken pipe.
    const fed =
      options.input && child.stdin
        ? await pipeline(options.input, child.stdin).catch((error: unknown) => error)
        : undefined
    const code = await ended
    signal?.throwIfAborted()
    if (options.input?.errored && !isBrokenPipe(fed)) throw options.input.errored
    if (code === 0 && fed === undefined) return await printed
    if (typeof code === 'string') {
      throw new AppError('engine', `${options.engine} was ended (${code}).`, {
        hint: 'Try again: what was done is skipped.',
      })
    }
    throw programFailure(lastWords(complaint) || `it ended with ${code}`, options.engine)
  } catch (error) {
    signal?.throwIfAborted()
    if (
      error instanceof Error &&
      'code' in error &&
      error.code === 'ENOENT' &&
      !(error instanceof AppError)
    ) {
      throw new AppError('not-found', `The program ${program} is not installed.`, { cause: error })
    }
    throw error
  } finally {
    options.input?.destroy()
  }
}

function isBrokenPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

function lastWords(complaint: string): string {
  return complaint.trim().split('\n').slice(-2).join(' ').trim()
}
