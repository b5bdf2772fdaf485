import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Sandbox } from '../../main/sandbox/sandbox.ts'
import { runCli, type Finished, type RunOptions } from '../support/cli.ts'
import { sandboxForTests } from '../support/sandbox.ts'

/** What the tests of `replicate` in one file work with. */
export interface Replicating {
  readonly sandbox: Sandbox
  /** Holds nothing but the site file when a test begins. */
  readonly folder: string
  readonly siteFile: string
  /** In the folder; not there before the first run. */
  readonly output: string
  /** Runs the command from the sandbox into `output`, with `--json`. */
  readonly replicate: (args: readonly string[], options?: RunOptions) => Promise<Finished>
  readonly blobRequests: () => number
}

export const oneImage = ['--image', 'pytorch', '--latest', '1']

export async function startReplicating(): Promise<Replicating> {
  const sandbox = await sandboxForTests()
  const folder = await mkdtemp(join(tmpdir(), 'replicate-'))
  const siteFile = join(folder, 'site.json')
  const output = join(folder, 'output')
  beforeEach(async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(siteFile, JSON.stringify(sandbox.site))
  })
  afterEach(() => rm(folder, { recursive: true }))
  return {
    sandbox,
    folder,
    siteFile,
    output,
    replicate: (args, options = {}) =>
      runCli(['--site', siteFile, '--output-path', output, '--json', ...args], options),
    blobRequests: () => sandbox.requests.all({ role: 'blobs' }).length,
  }
}
