import { execFile } from 'node:child_process'
import { rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'electron-builder'
import { configuration } from '../electron-builder.config.ts'
import { formatBytes } from '../main/format.ts'
import { provideRuntime } from './electron-runtime.ts'
import { createDeb, createRpm, createTarball } from './package/linux.ts'
import { sha256 } from './runtime/cache.ts'
import { reach } from './runtime/official.ts'
import type { Runtime } from './runtime/runtime.ts'

// `npm run package [-- TARGET…]`: what this system can make of the built application, into packages/. On Linux the targets
// are dir, tar.gz, deb, rpm and AppImage; elsewhere those of electron-builder.config.ts.
const folder = 'packages'
const isRelease = process.env['NGC_REPLICATOR_RELEASE'] === '1'

try {
  const runtime = await provideRuntime()
  refuseStandIn(runtime)
  await rm(folder, { recursive: true, force: true })
  const wanted = process.argv.slice(2)
  const files =
    process.platform === 'linux' ? await packageLinux(runtime, wanted) : await pack(runtime, wanted)
  await report(files)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/** What users get runs on the current Electron, as its makers published it. */
function refuseStandIn({ kind, version }: Runtime): void {
  if (!isRelease || kind === 'official') return
  throw new Error(
    `This is a release (NGC_REPLICATOR_RELEASE), and Electron ${version} is not the official build that package.json asks for: nothing is packaged.`,
  )
}

async function packageLinux(runtime: Runtime, wanted: readonly string[]): Promise<string[]> {
  const isWanted = (target: string) => wanted.length === 0 || wanted.includes(target)
  await pack(runtime, ['dir'])
  const unpacked = join(folder, process.arch === 'x64' ? 'linux-unpacked' : 'linux-arm64-unpacked')

  const files: string[] = []
  if (isWanted('tar.gz')) files.push(await createTarball(unpacked))
  if (isWanted('deb')) {
    if (await has('dpkg-deb')) files.push(await createDeb(unpacked, isRelease))
    else leaveOut('deb', 'dpkg-deb is not installed')
  }
  if (isWanted('rpm')) {
    if (await has('rpmbuild')) files.push(await createRpm(unpacked, isRelease))
    else leaveOut('rpm', 'rpmbuild is not installed (Debian: rpm)')
  }
  if (isWanted('AppImage')) {
    const obstacle = await appImageObstacle()
    if (obstacle === undefined) files.push(...(await pack(runtime, ['AppImage'])))
    else leaveOut('AppImage', `its runtime cannot be fetched: ${obstacle}`)
  }
  return files
}

/** electron-builder fetches AppImage's runtime from there, and would wait long for it. */
async function appImageObstacle(): Promise<string | undefined> {
  const mirror = process.env['ELECTRON_BUILDER_BINARIES_MIRROR']
  return await reach(new URL(mirror || 'https://github.com/')).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

function leaveOut(target: string, why: string): void {
  if (isRelease) throw new Error(`No ${target} can be made: ${why}.`)
  process.stderr.write(`Left out: ${target}; ${why}.\n`)
}

/** The packages that electron-builder makes for this system and processor; none for the target `dir`. */
async function pack(runtime: Runtime, targets: readonly string[]): Promise<string[]> {
  const system = ({ win32: 'win', darwin: 'mac' } as const)[process.platform as string] ?? 'linux'
  const made = await build({
    config: configuration(runtime),
    publish: 'never',
    [system]: [...targets],
  })
  return made.filter((path) => !path.endsWith('.blockmap') && !path.endsWith('.yml'))
}

async function has(program: string): Promise<boolean> {
  return await promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false,
  )
}

/** Says what was made, and leaves their sums for those who download them. */
async function report(files: readonly string[]): Promise<void> {
  let sums = ''
  for (const path of files.toSorted()) {
    const { size } = await stat(path)
    sums += `${await sha256(path)}  ${basename(path)}\n`
    process.stdout.write(`${join(folder, basename(path))}  ${formatBytes(size)}\n`)
  }
  if (files.length > 0) await writeFile(join(folder, 'SHA256SUMS'), sums)
}
