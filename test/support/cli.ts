import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** What a finished command printed, and its exit code. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly input?: string
  /** Called with the running process: to watch it, or to interrupt it. */
  readonly started?: (child: ChildProcess) => void
}

export const program = join(import.meta.dirname, '..', '..', 'main', 'cli.ts')

/** As the first line of main/cli.ts has them. */
export const nodeFlags = ['--max-semi-space-size=1', '--single-threaded']

/** Each test of the command line is one of a packaged program too, if the environment names it. */
const packaged = process.env['NGC_REPLICATOR_TEST_PROGRAM']
const [command = process.execPath, ...before] =
  packaged === undefined ? [process.execPath, ...nodeFlags, program] : [packaged]

/** Runs the command line as a user does: a process of its own. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, [...before, ...args], {
    env: { ...plainEnvironment(), ...options.env },
    cwd: options.cwd,
  })
  child.stdin.end(options.input)
  options.started?.(child)
  return await endOf(child)
}

/** Nothing of the machine's own settings may reach a test, and nothing of a test may stay there. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:NGC_|npm_|.*_PROXY$|.*_proxy$)/.test(name),
  )
  return { ...Object.fromEntries(inherited), XDG_STATE_HOME: join(tmpdir(), 'ngc-test-state') }
}

export async function endOf(
  child: ChildProcessByStdio<null | Writable, Readable, Readable>,
): Promise<Finished> {
  const [code, stdout, stderr] = await Promise.all([
    new Promise<number | null>((resolve) => {
      child.once('close', resolve)
    }),
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}

/** The objects of `--json`, one a line; fails on anything else on standard output. */
export function jsonLines({ stdout }: Finished): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

export function eventsOf(finished: Finished, event: string): Record<string, unknown>[] {
  return jsonLines(finished).filter((line) => line['event'] === event)
}
