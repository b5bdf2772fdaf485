import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { downloadArtifact, ElectronDownloadCacheMode, initializeProxy } from '@electron/get'
import { isFile, place } from './cache.ts'
import { executableIn, type Runtime } from './runtime.ts'
import { unpack } from './unpack.ts'

const connectMs = 10_000
const stallMs = 30_000

/** The official build of the version that package.json asks for, if it was fetched before. */
export async function cachedOfficial(cache: string): Promise<Runtime | undefined> {
  const runtime = await officialIn(cache)
  return (await isFile(runtime.executable)) ? runtime : undefined
}

/** Downloads the official build, checked against the SHA-256 sums that the npm package carries. */
export async function fetchOfficial(
  cache: string,
  say: (line: string) => void,
  sums?: Record<string, string>,
): Promise<Runtime> {
  const runtime = await officialIn(cache)
  await reach(releases(process.env))
  say(`Downloading Electron ${runtime.version}…`)
  const zip = await download(runtime.version, sums ?? (await promisedSums()))
  try {
    await place(runtime.folder, async (temporary) => await unpack(zip, temporary))
  } finally {
    await rm(dirname(zip), { recursive: true, force: true })
  }
  return runtime
}

/** The address the releases are fetched from. */
export function releases(environment: NodeJS.ProcessEnv): URL {
  const mirror = environment['ELECTRON_MIRROR'] || environment['npm_config_electron_mirror']
  return new URL(mirror || 'https://github.com/electron/electron/releases/download/')
}

/** Throws if nobody answers there. Any answer will do: whether a file is there, its download tells. */
export async function reach(address: URL): Promise<void> {
  if (process.env['HTTPS_PROXY'] || process.env['https_proxy']) initializeProxy()
  try {
    const signal = AbortSignal.timeout(connectMs)
    const response = await fetch(address, { method: 'HEAD', redirect: 'manual', signal })
    await response.body?.cancel()
  } catch (error) {
    throw new Error(`${address.host} cannot be reached (${causeOf(error)})`, { cause: error })
  }
}

async function download(version: string, checksums: Record<string, string>): Promise<string> {
  const stalled = new AbortController()
  const stop = () => stalled.abort(new Error(`nothing arrived for ${stallMs / 1000} s`))
  const timer = setTimeout(stop, stallMs)
  try {
    return await downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      checksums,
      cacheMode: ElectronDownloadCacheMode.Bypass,
      downloadOptions: {
        signal: stalled.signal,
        getProgressCallback: async () => void timer.refresh(),
      },
    })
  } catch (error) {
    throw new Error(`Electron ${version} cannot be downloaded (${causeOf(error)})`, {
      cause: error,
    })
  } finally {
    clearTimeout(timer)
  }
}

async function officialIn(cache: string): Promise<Runtime> {
  const { version } = JSON.parse(await fromPackage('package.json')) as { version: string }
  const folder = join(cache, `electron-${version}-${process.platform}-${process.arch}`)
  return { kind: 'official', version, folder, executable: executableIn(folder, process.platform) }
}

async function promisedSums(): Promise<Record<string, string>> {
  return JSON.parse(await fromPackage('checksums.json')) as Record<string, string>
}

/** Read, not imported: importing `electron` would start its own download. */
async function fromPackage(name: string): Promise<string> {
  return await readFile(new URL(`../../node_modules/electron/${name}`, import.meta.url), 'utf8')
}

/** fetch says only "fetch failed"; what failed is in the cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
