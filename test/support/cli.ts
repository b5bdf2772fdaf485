import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** Runs the command line as a user does: a process of its own. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  // Nothing of the machine's own settings may reach the test.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:NGC_|npm_|.*_PROXY$|.*_proxy$)/.test(name),
  )
  const child = spawn(process.execPath, ['--max-semi-space-size=1', program, ...args], {
    env: {
      ...Object.fromEntries(inherited),
      // Nor may the test leave anything there.
      XDG_STATE_HOME: join(tmpdir(), 'ngc-test-state'),
      ...options.env,
    },
    cwd: options.cwd,
  })
  child.stdin.end(options.input)
  options.started?.(child)
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
