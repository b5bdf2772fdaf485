import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { cacheFolder } from '../../scripts/runtime/cache.ts'
import { output } from '../support/engines.ts'
import type { Finished } from '../support/cli.ts'

/**
 * A small Debian of its own in a folder, with nothing but what dpkg and apt need: the computer of a new user, who is called
 * `exporter`. Its programs share this machine's network and display, and nothing else.
 */
export interface CleanSystem {
  readonly root: string
  /** Starts a program in it; `environment` is all that it sees. */
  start(user: User, command: readonly string[], environment?: NodeJS.ProcessEnv): ChildProcess
  run(user: User, command: readonly string[], input?: string): Promise<Finished>
  /** Copies a file of this machine into it. */
  take(file: string, path: string): Promise<void>
  remove(): Promise<void>
}

export type User = 'root' | 'exporter'

export async function createCleanSystem(): Promise<CleanSystem> {
  const root = await mkdtemp(join(tmpdir(), 'ngc-clean-system-'))
  await output('tar', ['-xf', await baseSystem(), '-C', root])
  await chmod(root, 0o755)
  await copyFile('/etc/resolv.conf', join(root, 'etc', 'resolv.conf'))

  const start: CleanSystem['start'] = (user, command, environment = {}) => {
    const as = user === 'root' ? [] : ['runuser', '-u', user, '--']
    const inside = ['sh', '-c', enter, 'sh', root, ...as, ...command]
    return spawn('unshare', ['--mount', '--propagation', 'private', '--', ...inside], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: homes[user], ...environment },
    })
  }
  const run: CleanSystem['run'] = async (user, command, input) => {
    const child = start(user, command)
    child.stdin?.end(input)
    const ended = once(child, 'exit')
    const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)])
    const [code] = (await ended) as [number | null]
    return { code, stdout, stderr }
  }
  await run('root', ['useradd', '--create-home', '--shell', '/bin/sh', 'exporter'])
  return {
    root,
    start,
    run,
    take: (file, path) => copyFile(file, join(root, path)),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

const homes = { root: '/root', exporter: '/home/exporter' }

/** Goes into the folder $1 as into a root of its own: in a mere chroot no program may sandbox itself (user_namespaces(7)). */
const enter = `
root=$1; shift
mount --bind "$root" "$root" && cd "$root" && mkdir -p before tmp/.X11-unix
mount -t proc proc proc && mount --rbind /dev dev && mount --rbind /sys sys
[ ! -d /tmp/.X11-unix ] || mount --bind /tmp/.X11-unix tmp/.X11-unix
pivot_root . before && cd / && umount --lazy before && exec "$@"`

/** The archive that debootstrap makes once for this machine, of the release it runs itself and from where its own apt fetches. */
async function baseSystem(): Promise<string> {
  const archive = join(cacheFolder(process.platform, process.env), 'debian-minimal.tar')
  const isThere = await access(archive).then(
    () => true,
    () => false,
  )
  if (isThere) return archive

  const listing = await output('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(CODENAME)',
    'Identifier: Packages',
  ])
  const [mirror, release] = listing.split('\n')[0]?.split(' ') ?? []
  if (mirror === undefined || release === undefined) throw new Error('apt has no sources.')
  const made = await mkdtemp(join(tmpdir(), 'ngc-debootstrap-'))
  try {
    await output('debootstrap', ['--variant=minbase', release, made, mirror])
    await mkdir(dirname(archive), { recursive: true })
    await output('tar', ['-cf', `${archive}.${process.pid}`, '-C', made, '.'])
    await rename(`${archive}.${process.pid}`, archive)
    return archive
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}
