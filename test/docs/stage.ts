import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { sandboxKeys, sandboxOrg } from '../../main/sandbox/keys.ts'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { endOf, plainEnvironment, program, runCli, type Finished } from '../support/cli.ts'
import { login } from '../support/registry.ts'
import { project, type Block } from './documents.ts'
import { isNeed, StartedParts } from './started-parts.ts'

/** What commands of the documentation meet when they are run: the sandbox for NVIDIA, folders for drives, real parts. */
export interface Stage {
  /**
   * Runs a block in a folder of its own, which holds the files among the blocks of its document, with `sh -eu`, which ends at the first failure. Its paths,
   * hosts and keys stand for ours.
   */
  run(files: readonly Block[], block: Pick<Block, 'code' | 'runs'>): Promise<Finished>
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'docs-'))
  const sandbox = await startSandbox()
  const site = join(folder, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  await mkdir(join(folder, 'bin'))
  const start = join(folder, 'bin', 'ngc-replicator')
  await writeFile(start, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`)
  await chmod(start, 0o755)
  const media = join(folder, 'media')
  await fillDrives(media, site)
  const parts = new StartedParts()
  let count = 0

  return {
    async run(files, { code, runs }) {
      const own = join(folder, String((count += 1)))
      await mkdir(own)
      if (runs.includes('empty stick'))
        await mkdir(join(own, 'media', 'stick'), { recursive: true })
      else await cp(media, join(own, 'media'), { recursive: true })
      const { host, env } = await parts.provide(runs.filter(isNeed), own)
      const stands = (words: string): string =>
        words
          .replaceAll('/media/', `${own}/media/`)
          .replaceAll('/etc/ssl/company-ca.pem', join(own, 'company-ca.pem'))
          .replaceAll('registry.example:5000', host)
          .replaceAll('--username me', `--username ${login.username}`)
          .replaceAll('nvapi-…', sandboxKeys.personal)
          .replaceAll('my-org', sandboxOrg)
      await writeFile(join(own, 'password.txt'), login.password)
      await writeFile(join(own, 'key.txt'), sandboxKeys.personal)
      for (const { file, code: content } of files) {
        if (file !== undefined) await writeFile(join(own, file), stands(content))
      }
      // npm looks for its package from where it stands.
      const cwd = code.includes('npm run') ? project : own
      const child = spawn('sh', ['-euc', stands(code)], {
        cwd,
        env: {
          ...plainEnvironment(),
          ...env,
          HOME: own,
          NGC_REPLICATOR_SITE: site,
          PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      return await endOf(child)
    },
    async close() {
      await parts.stop()
      await sandbox.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** `/media/stick` holds an image in one file, `/media/small` another one in parts, `/media/release` what was published. */
async function fillDrives(media: string, site: string): Promise<void> {
  const save = async (drive: string, ...args: string[]): Promise<void> => {
    const folder = join(media, drive)
    const run = await runCli(['--site', site, '--output-path', folder, ...args])
    if (run.code !== 0) throw new Error(run.stderr)
  }
  await save('stick', 'nvidia/pytorch:24.01-py3')
  await save('small', 'nvidia/pytorch:24.01-py3', '--max-file-size', '1M')
  await mkdir(join(media, 'release'))
  await writeFile(join(media, 'release', 'ngc-replicator-setup.exe'), 'an installer')
  const sum = createHash('sha256').update('an installer').digest('hex')
  await writeFile(join(media, 'release', 'SHA256SUMS'), `${sum}  ngc-replicator-setup.exe\n`)
}
