#!/usr/bin/env -S node --max-semi-space-size=1 --single-threaded
import process from 'node:process'

// What comes from the line is short-lived: a small young generation frees it soon (2 GB pass through 170 MB, not 225).
// Node's V8 has helper threads that wake each other more than they help: without them a transfer takes 5 % less of the
// processors. In Electron's that makes no difference.

// A key given as an argument must not be read off the list of processes: so before anything else is loaded.
process.title = 'ngc-replicator'
const { runProgram } = await import('./cli/program.ts')
const { printable } = await import('./printable.ts')

const ONE_REQUEST_MS = 300

const interrupted = new AbortController()
let askedAtMs = 0
// A closed terminal ends it as Ctrl+C does.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!interrupted.signal.aborted) {
      askedAtMs = performance.now()
      interrupted.abort()
      return
    }
    // Who asks twice does not want to wait; but `timeout` and a shell that is closed send it to us and to our group at once.
    if (performance.now() - askedAtMs > ONE_REQUEST_MS) process.exit(130)
  })
}
// Without a listener the system ends a program whose file meets a limit (`ulimit -f`); so the write fails, as on FAT.
process.on('SIGXFSZ', () => undefined)
// In `ngc-replicator … 2>&1 | head` the reader goes away: what was begun is still done, unseen.
const unheard = new Set<NodeJS.WriteStream>()
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    unheard.add(stream)
  })
}

// Names on drives and answers of servers are other people's texts: whatever forgot it, none steers the terminal.
const write = (stream: NodeJS.WriteStream, text: string): void => {
  if (unheard.has(stream)) return
  stream.write(`${text.split('\n').map(printable).join('\n')}\n`)
}

process.exitCode = await runProgram(
  process.argv.slice(2),
  {
    print: (line) => write(process.stdout, line),
    complain: (line) => write(process.stderr, line),
    // One that tells no width, as on a serial line, would be drawn on a letter a line.
    isTerminal: process.stdout.isTTY && process.stdout.columns > 0,
  },
  interrupted.signal,
)
