import { afterAll, afterEach, beforeEach } from 'vitest'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'

/** One sandbox for the tests of a file; each of them finds it without faults, at full speed, and asked nothing so far. */
export async function sandboxForTests(): Promise<Sandbox> {
  const sandbox = await startSandbox()
  beforeEach(() => sandbox.requests.clear())
  afterEach(() => {
    sandbox.faults.clear()
    Object.assign(sandbox.settings, defaultSettings)
  })
  afterAll(() => sandbox.close())
  return sandbox
}
