/** The main job on the built-in sandbox: replicate a selection into ./output, list it, verify it, say how to load it. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../main/sandbox/sandbox.ts'

const sandbox = await startSandbox()
const folder = await mkdtemp(join(tmpdir(), 'ngc-demo-'))
const siteFile = join(folder, 'site.json')
try {
  await writeFile(siteFile, JSON.stringify(sandbox.site))
  const selection = ['--site', siteFile, '--image', 'pytorch', '--image', 'monai', '--latest', '3']
  await run([...selection, '--output-path', 'output'])
  await run(['inventory', 'output'])
  await run(['verify', 'output'])
  console.log(`
The images are in ./output. On the far side, any of these loads one:
  docker load -i output/nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar
  podman load -i output/nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar
  ctr images import output/nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await sandbox.close()
  await rm(folder, { recursive: true })
}

/** Runs the command line as a user would, beside the sandbox that this process serves. */
async function run(args: readonly string[]): Promise<void> {
  console.log(
    `\n$ ngc-replicator ${args.map((arg) => (arg === siteFile ? 'SANDBOX' : arg)).join(' ')}`,
  )
  const program = join(import.meta.dirname, '..', 'main', 'cli.ts')
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve).once('error', reject)
  })
  if (code !== 0) throw new Error(`It ended with exit code ${code}.`)
}
