import { createServer, type Server } from 'node:http'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { execFileSync, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { provideRuntime } from '../../scripts/electron-runtime.ts'
import { cacheFolder, place, sha256 } from '../../scripts/runtime/cache.ts'
import {
  electronName,
  fallbackFits,
  npmReason,
  packedName,
} from '../../scripts/runtime/fallback.ts'
import { cachedOfficial, fetchOfficial, releases } from '../../scripts/runtime/official.ts'
import { executableIn } from '../../scripts/runtime/runtime.ts'
import { unpack } from '../../scripts/runtime/unpack.ts'

const hasZip = spawnSync('zip', ['-v']).status === 0
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runtime-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

describe('the cache', () => {
  test.each([
    ['linux', {}, '/home/me/.cache/ngc-replicator'],
    ['linux', { XDG_CACHE_HOME: '/var/cache/me' }, '/var/cache/me/ngc-replicator'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/ngc-replicator'],
    ['darwin', { XDG_CACHE_HOME: '/x' }, '/home/me/Library/Caches/ngc-replicator'],
    ['win32', { LOCALAPPDATA: 'C:\\me\\Local' }, 'C:\\me\\Local\\ngc-replicator\\Cache'],
  ] as const)('on %s with %o is %s', (platform, environment, expected) => {
    expect(cacheFolder(platform, environment, '/home/me')).toBe(expected)
  })

  test('holds a folder whole or not at all', async () => {
    const target = join(folder, 'cache', 'electron')
    const failing = place(target, async (temporary) => {
      await writeFile(join(temporary, 'half'), 'x')
      throw new Error('the line dropped')
    })
    await expect(failing).rejects.toThrow('the line dropped')
    expect(await readdir(join(folder, 'cache'))).toEqual([])
  })

  test('lets the faster of two win, and leaves nothing of the other', async () => {
    const target = join(folder, 'electron')
    const fill = (word: string) =>
      place(target, async (temporary) => await writeFile(join(temporary, 'word'), word))
    await Promise.all([fill('one'), fill('two')])
    expect(await readdir(folder)).toEqual(['electron'])
    expect(['one', 'two']).toContain(await readFile(join(target, 'word'), 'utf8'))
  })

  test('knows a file by its SHA-256', async () => {
    await writeFile(join(folder, 'abc'), 'abc')
    // FIPS 180-2, appendix B.1
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(await sha256(join(folder, 'abc'))).toBe(expected)
  })
})

describe('the stand-in', () => {
  test('is there for one system only', () => {
    expect(fallbackFits('linux', 'x64')).toBe(true)
    expect(fallbackFits('linux', 'arm64')).toBe(false)
    expect(fallbackFits('win32', 'x64')).toBe(false)
  })

  test.each([
    ['Cypress/Cypress', 'electron'],
    ['Cypress/LICENSE.electron.txt', 'LICENSE'],
    ['Cypress/locales/de.pak', 'locales/de.pak'],
    ['Cypress/resources/app/package.json', undefined],
    ['Cypress/browser_v8_context_snapshot.bin', undefined],
    ['Cypress/', ''],
    ['elsewhere/file', undefined],
  ])('takes %s as %s', (entry, expected) => {
    expect(electronName(entry)).toBe(expected)
  })

  test('says in one line why npm could not bring it', () => {
    const stderr =
      'npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\nnpm error FetchError: request failed\nnpm error     at x\n'
    const error = Object.assign(new Error('Command failed'), { stderr })
    expect(npmReason(error)).toBe('FetchError: request failed')
    expect(npmReason(new Error('spawn npm ENOENT'))).toContain('spawn npm ENOENT')
  })

  test('is named by npm in a list or in a map', () => {
    expect(packedName('[{"filename":"a-1.tgz"}]')).toBe('a-1.tgz')
    expect(packedName('{"a@1":{"filename":"a-1.tgz"}}')).toBe('a-1.tgz')
    expect(() => packedName('[]')).toThrow('named no file')
  })
})

describe('the official build', () => {
  test('comes from its makers, or from the mirror that is named', () => {
    expect(releases({}).host).toBe('github.com')
    expect(releases({ ELECTRON_MIRROR: 'https://mirror.example/electron/' }).href).toBe(
      'https://mirror.example/electron/',
    )
  })

  test('is refused when its bytes are not the ones that the npm package promises', async () => {
    const mirror = await serve((path) => (path.endsWith('.zip') ? 'not Electron' : ''))
    vi.stubEnv('ELECTRON_MIRROR', mirror.address)
    vi.stubEnv('HTTPS_PROXY', '')
    await expect(fetchOfficial(folder, () => {})).rejects.toThrow('cannot be downloaded')
    expect(await readdir(folder)).toEqual([])
    mirror.server.close()
  })

  test.skipIf(!hasZip)('is unpacked into the cache, and found there afterwards', async () => {
    const program = executableIn(join(folder, 'source'), process.platform)
    await mkdir(join(program, '..'), { recursive: true })
    await writeFile(program, 'Electron', { mode: 0o755 })
    zip(join(folder, 'source'))
    const archive = await readFile(join(folder, 'a.zip'))
    const mirror = await serve(() => archive)
    vi.stubEnv('ELECTRON_MIRROR', mirror.address)
    const cache = join(folder, 'cache')
    const { version } = await officialVersion()
    const name = `electron-v${version}-${process.platform}-${process.arch}.zip`
    const sums = { [name]: await sha256(join(folder, 'a.zip')) }
    const fetched = await fetchOfficial(cache, () => {}, sums)
    mirror.server.close()
    expect(fetched).toMatchObject({ kind: 'official', version })
    expect(await cachedOfficial(cache)).toEqual(fetched)
    expect(await readFile(fetched.executable, 'utf8')).toBe('Electron')
    expect((await stat(fetched.executable)).mode & 0o777).toBe(0o755)
  })

  test('says which host was out of reach', async () => {
    const mirror = await serve(() => '')
    mirror.server.close()
    vi.stubEnv('ELECTRON_MIRROR', mirror.address)
    await expect(fetchOfficial(folder, () => {})).rejects.toThrow(
      /^127\.0\.0\.1:\d+ cannot be reached \(.*ECONNREFUSED/,
    )
  })
})

describe('a given folder', () => {
  test('is used, and said', async () => {
    const program = executableIn(folder, process.platform)
    await mkdir(join(program, '..'), { recursive: true })
    await writeFile(program, '')
    await writeFile(join(folder, 'version'), 'v40.1.2')
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder)
    const lines: string[] = []
    const runtime = await provideRuntime((line) => lines.push(line))
    expect(runtime).toEqual({ kind: 'given', version: '40.1.2', folder, executable: program })
    expect(lines).toEqual(['Electron 40.1.2 from ELECTRON_OVERRIDE_DIST_PATH.'])
  })

  test('without an Electron in it is an error that names the way out', async () => {
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder)
    await expect(provideRuntime(() => {})).rejects.toThrow(/there is no Electron in it.*unset it/)
  })

  test('has its program where each system keeps it', () => {
    expect(executableIn('/e', 'linux')).toBe(join('/e', 'electron'))
    expect(executableIn('/e', 'win32')).toBe(join('/e', 'electron.exe'))
    expect(executableIn('/e', 'darwin')).toContain(join('Electron.app', 'Contents', 'MacOS'))
  })
})

describe.skipIf(!hasZip)('unpacking', () => {
  test('keeps modes and links, and renames on the way', async () => {
    const source = join(folder, 'source')
    await mkdir(join(source, 'bin'), { recursive: true })
    await writeFile(join(source, 'bin', 'run'), '#!', { mode: 0o755 })
    await symlink('bin/run', join(source, 'link'))
    zip(source)
    const target = join(folder, 'target')
    await unpack(join(folder, 'a.zip'), target, (name) => (name === 'link' ? 'renamed' : name))
    expect((await stat(join(target, 'bin', 'run'))).mode & 0o777).toBe(0o755)
    expect(await readFile(join(target, 'renamed'), 'utf8')).toBe('#!')
  })

  test('refuses a link that points outside', async () => {
    const source = join(folder, 'source')
    await mkdir(source)
    await symlink('../../etc', join(source, 'link'))
    zip(source)
    await expect(unpack(join(folder, 'a.zip'), join(folder, 'target'))).rejects.toThrow('outside')
  })
})

async function officialVersion(): Promise<{ version: string }> {
  const path = new URL('../../node_modules/electron/package.json', import.meta.url)
  return JSON.parse(await readFile(path, 'utf8')) as { version: string }
}

function zip(source: string): void {
  execFileSync('zip', ['-qry', join(folder, 'a.zip'), '.'], { cwd: source })
}

async function serve(
  body: (path: string) => string | Buffer,
): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => response.end(body(request.url ?? '')))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { server, address: `http://127.0.0.1:${address.port}/` }
}
