import { spawn } from 'node:child_process'
import { provideRuntime } from './electron-runtime.ts'
import { electronArguments, obstacle } from './runtime/launch.ts'

// `npm start`: the built application in a real window. Arguments go on to it.
try {
  const reason = obstacle()
  if (reason !== undefined) throw new Error(reason)
  const { executable } = await provideRuntime()
  const child = spawn(executable, [...electronArguments(), '.', ...process.argv.slice(2)], {
    cwd: new URL('..', import.meta.url),
    stdio: 'inherit',
  })
  child.once('error', (error) => {
    process.stderr.write(`${executable} did not start: ${error.message}\n`)
    process.exitCode = 1
  })
  child.once('exit', (code) => (process.exitCode = code ?? 1))
  // The terminal sends Ctrl+C to both; the application leaves in its own order, and we after it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
