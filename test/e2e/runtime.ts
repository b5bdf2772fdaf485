import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { provideRuntime } from '../../scripts/electron-runtime.ts'
import { electronArguments } from '../../scripts/runtime/launch.ts'

/** Provides Electron once for all tests, and fails with its own words if it does not even start. */
export default async function provide(): Promise<void> {
  const { executable } = await provideRuntime()
  await promisify(execFile)(executable, [...electronArguments(), '--version']).catch(
    (error: unknown) => {
      const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
      const missing = output.includes('error while loading shared libraries')
      const wayOut = missing
        ? ' Install what it lacks (Debian: libgtk-3-0 libnss3 libgbm1 libasound2).'
        : ''
      throw new Error(`Electron does not start.${wayOut}\n${output}`, { cause: error })
    },
  )
  process.env['NGC_REPLICATOR_TEST_ELECTRON'] = executable
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = dirname(executable)
}
