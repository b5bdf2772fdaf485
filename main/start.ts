import process from 'node:process'

/**
 * What Electron runs first. It is the desktop, or with `--cli -- ARGUMENT…`, as the launchers of build/start call it, the
 * terminal: that ends before Electron would open a display or begin a process of its own.
 */
const separator = process.argv.indexOf('--')
const isTerminal = process.argv.slice(0, Math.max(separator, 0)).includes('--cli')

if (isTerminal) await runTerminal(process.argv.slice(separator + 1))
else await import('./index.ts')

async function runTerminal(args: readonly string[]): Promise<void> {
  process.argv = [process.execPath, 'ngc-replicator', ...args]
  process.on('uncaughtException', endBadly)
  try {
    await import('./cli.ts')
  } catch (error) {
    endBadly(error)
  }
  // Windows writes to pipes later; what they have not taken yet would be lost.
  await new Promise<void>((resolve) => {
    process.stdout.write('', () => resolve())
  })
  process.exit(process.exitCode)
}

/** An error that nobody caught ends the program, as it does with Node; Electron would show it and go on. */
function endBadly(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
