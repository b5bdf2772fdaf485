import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

// `node scripts/with-display.ts COMMAND…`: runs it where windows can open, on a display of its own if the
// system has none. Without Xvfb it says so and leaves the command out, except in CI, where that fails.
const [command, ...args] = process.argv.slice(2)
if (command === undefined) {
  process.stderr.write('Name the command to run.\n')
  process.exitCode = 2
} else if (process.platform !== 'linux' || process.env['DISPLAY']) {
  process.exitCode = await run(command, args, process.env)
} else {
  process.exitCode = await runOnXvfb(command, args)
}

async function runOnXvfb(program: string, programArgs: string[]): Promise<number> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  )
  try {
    const display = await displayOf(server)
    // Wayland first would find no compositor here.
    const { WAYLAND_DISPLAY: _, ...environment } = process.env
    return await run(program, programArgs, { ...environment, DISPLAY: `:${display}` })
  } catch (error) {
    const mustRun = process.env['CI'] === 'true'
    const reason = error instanceof Error ? error.message : String(error)
    const end = mustRun ? 'In CI this is a failure.' : 'Left out.'
    process.stderr.write(
      `No display, and Xvfb does not start (${reason}). Install it (Debian: xvfb) to run: ${[program, ...programArgs].join(' ')}. ${end}\n`,
    )
    return mustRun ? 1 : 0
  } finally {
    server.kill()
  }
}

/** Xvfb picks a free number and writes it when it is ready to be connected to. */
async function displayOf(server: ChildProcess): Promise<string> {
  const numbers = server.stdio[3] as Readable
  const failed = once(server, 'error').then(([error]: unknown[]) => {
    throw error
  })
  const ended = once(server, 'exit').then(() => {
    throw new Error('it ended at once')
  })
  const [line] = (await Promise.race([once(numbers, 'data'), failed, ended])) as [Buffer]
  // It ends when we end it; nobody waits for these any more.
  failed.catch(() => {})
  ended.catch(() => {})
  return line.toString('utf8').trim()
}

async function run(
  program: string,
  programArgs: string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(program, programArgs, {
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  })
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
