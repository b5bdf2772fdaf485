import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** What one command cost, its own child processes included; daemons that worked for it besides are added by `Daemons`. */
export interface Cost {
  readonly seconds: number
  readonly cpuSeconds: number
  /** Of the largest process. */
  readonly peakBytes: number
  /** Handed to the disk, from /proc/PID/io: temporary files count as well. */
  readonly writtenBytes: number
}

/**
 * Runs one command to its end and measures it from outside, with GNU time and /proc. Throws with what it printed when it
 * fails. What earlier commands left in the page cache is written first, so that nobody pays for another's bytes.
 */
export async function measure(command: readonly string[], daemons: Daemons = none): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-cost-'))
  try {
    await run(['sync'])
    const before = await daemons.read()
    await run([
      'time',
      '--quiet',
      '-f',
      '%e %U %S %M',
      '-o',
      join(folder, 'time'),
      ...withIo(folder),
      ...command,
    ])
    const after = await daemons.read()
    const [seconds, user, system, kilobytes] = (await readFile(join(folder, 'time'), 'utf8'))
      .trim()
      .split(' ')
      .map(Number)
    return {
      seconds: seconds!,
      cpuSeconds: user! + system! + after.cpuSeconds - before.cpuSeconds,
      peakBytes: Math.max(kilobytes! * 1024, after.peakBytes),
      writtenBytes:
        writtenOf(await readFile(join(folder, 'io'), 'utf8')) +
        after.writtenBytes -
        before.writtenBytes,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The same, so many times over. */
export async function measureTimes(
  times: number,
  command: readonly string[],
  around: {
    readonly before?: () => Promise<unknown>
    readonly after?: () => Promise<unknown>
  } = {},
): Promise<Cost[]> {
  const costs: Cost[] = []
  for (let time = 0; time < times; time += 1) {
    await around.before?.()
    costs.push(await measure(command))
    await around.after?.()
  }
  return costs
}

/** Runs a command to its end; gives what it printed. Throws with both outputs when it fails. */
export async function run(
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const [program, ...rest] = command
  const child = spawn(program!, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [code, printed, complained] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ])
  if (code !== 0) {
    throw new Error(
      `${command.join(' ')} ended with ${code}:\n${printed.slice(-2000)}${complained.slice(-2000)}`,
    )
  }
  return printed
}

/** A shell that waits for the command: what its children wrote is then on its own account. */
function withIo(folder: string): string[] {
  return ['sh', '-c', '"$@"; code=$?; cat /proc/$$/io > "$0"; exit $code', join(folder, 'io')]
}

function writtenOf(io: string): number {
  return Number(/^write_bytes: (\d+)$/m.exec(io)?.[1] ?? 0)
}

/** Processes that go on running and work for the commands: their share is what their counters grew by. */
export interface Daemons {
  read(): Promise<Pick<Cost, 'cpuSeconds' | 'peakBytes' | 'writtenBytes'>>
}

const none: Daemons = {
  read: async () => ({ cpuSeconds: 0, peakBytes: 0, writtenBytes: 0 }),
}

/** `pids` may name processes that have ended. */
export function daemonsOf(pids: () => Promise<readonly number[]>): Daemons {
  return {
    async read() {
      const costs = await Promise.all((await pids()).map(costOf))
      return {
        cpuSeconds: costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
        peakBytes: Math.max(0, ...costs.map(({ peakBytes }) => peakBytes)),
        writtenBytes: costs.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0),
      }
    },
  }
}

/** proc(5): fields 14 and 15 of stat count in hundredths of a second. */
async function costOf(
  pid: number,
): Promise<Pick<Cost, 'cpuSeconds' | 'peakBytes' | 'writtenBytes'>> {
  const [stat, status, io] = await Promise.all(
    ['stat', 'status', 'io'].map((file) =>
      readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''),
    ),
  )
  const fields = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ')
  return {
    cpuSeconds: (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100,
    peakBytes: Number(/^VmHWM:\s+(\d+) kB$/m.exec(status!)?.[1] ?? 0) * 1024,
    writtenBytes: writtenOf(io!),
  }
}
