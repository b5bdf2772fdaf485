import { setTimeout } from 'node:timers/promises'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printableJson } from '../printable.ts'
import { sandboxKeys } from '../sandbox/keys.ts'
import type { Output } from './output.ts'

/** Serves the sample NGC until interrupted; the site file is removed at the end. */
export async function sandboxCommand(
  { json }: { json: boolean },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-sandbox-'))
  const siteFile = join(folder, 'site.json')
  // Loaded here: no other command is a server.
  const { startSandbox } = await import('../sandbox/sandbox.ts')
  const sandbox = await startSandbox()
  try {
    await writeFile(siteFile, `${JSON.stringify(sandbox.site, null, 2)}\n`)
    if (json) {
      output.print(printableJson({ siteFile, ...sandbox.site, keys: sandboxKeys }))
    } else {
      output.print(siteFile)
      output.complain('The sample NGC is being served; Ctrl+C ends it. In another terminal:')
      const command =
        process.env['npm_lifecycle_event'] === 'cli' ? 'npm run -s cli --' : 'ngc-replicator'
      output.complain(
        `  ${command} --site ${siteFile} --image pytorch --latest 1 --output-path ./output`,
      )
      output.complain('Its keys, for what guests may not have:')
      for (const [kind, key] of Object.entries(sandboxKeys)) {
        output.complain(`  ${kind.padEnd(8)}  ${key}`)
      }
    }
    await setTimeout(2 ** 31 - 1, undefined, { signal }).catch(() => undefined)
    return 0
  } finally {
    await rm(folder, { recursive: true, force: true })
    await sandbox.close()
  }
}
