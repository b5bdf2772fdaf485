import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { provideRuntime } from './electron-runtime.ts'
import { electronArguments, obstacle } from './runtime/launch.ts'

// `npm run dev`: the interface from a server that replaces what was edited, the rest built anew on change.
try {
  const reason = obstacle()
  if (reason !== undefined) throw new Error(reason)
  const { executable } = await provideRuntime()
  const viteProgram = new URL('../node_modules/electron-vite/bin/electron-vite.js', import.meta.url)
  const child = spawn(process.execPath, [fileURLToPath(viteProgram), 'dev', '--watch'], {
    cwd: new URL('..', import.meta.url),
    stdio: 'inherit',
    env: {
      ...process.env,
      ELECTRON_EXEC_PATH: executable,
      ...(electronArguments().length > 0 && { NO_SANDBOX: '1' }),
    },
  })
  child.once('exit', (code) => (process.exitCode = code ?? 1))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
