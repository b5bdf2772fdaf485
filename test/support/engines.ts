import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A real container engine with storage of its own in a temporary folder; it touches nothing of the machine's. */
export interface Engine {
  /** Runs the engine's own command line and gives what it printed. Rejects with its error output in the message. */
  run(...arguments_: string[]): Promise<string>
  readonly socket: string
  /** What makes the engine's plain command line find it. */
  readonly env: NodeJS.ProcessEnv
  /** Ends what was started and removes its storage. */
  stop(): Promise<void>
}

/** dockerd without a network: `docker run --network none` works. */
export async function startDocker(
  options: { readonly dataRoot?: string; readonly flags?: readonly string[] } = {},
): Promise<Engine & { kill(): Promise<void> }> {
  // `kill` ends it at once, as a failing machine would.
  const folder = await mkdtemp(join(tmpdir(), 'ngc-docker-'))
  const socket = join(folder, 'docker.sock')
  const daemon = start('dockerd', [
    '--iptables=false',
    '--bridge=none',
    '--host',
    `unix://${socket}`,
    '--data-root',
    options.dataRoot ?? join(folder, 'data'),
    '--exec-root',
    join(folder, 'exec'),
    '--pidfile',
    join(folder, 'docker.pid'),
    ...(options.flags ?? []),
  ])
  const run = (...rest: string[]): Promise<string> =>
    output('docker', ['--host', `unix://${socket}`, ...rest])
  await answering(daemon, () => run('version'))
  return {
    run,
    socket,
    env: { DOCKER_HOST: `unix://${socket}` },
    async kill() {
      const ended = once(daemon.process, 'exit')
      daemon.process.kill('SIGKILL')
      await ended
      // Killed, it leaves its storage mounted on itself.
      await output('umount', ['--recursive', '--lazy', join(folder, 'data')]).catch(() => undefined)
    },
    stop: () => stop(daemon, folder),
  }
}

export async function startContainerd(): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-containerd-'))
  const socket = join(folder, 'containerd.sock')
  const configuration = `version = 2
root = ${JSON.stringify(join(folder, 'root'))}
state = ${JSON.stringify(join(folder, 'state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = ${JSON.stringify(socket)}
[ttrpc]
address = ${JSON.stringify(`${socket}.ttrpc`)}
`
  await writeFile(join(folder, 'config.toml'), configuration)
  const daemon = start('containerd', ['--config', join(folder, 'config.toml')])
  const run = (...rest: string[]): Promise<string> => output('ctr', ['--address', socket, ...rest])
  await answering(daemon, () => run('version'))
  return { run, socket, env: { CONTAINERD_ADDRESS: socket }, stop: () => stop(daemon, folder) }
}

/** Podman with private storage, its socket served. */
export async function startPodman(): Promise<Engine & { readonly options: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-podman-'))
  const socket = join(folder, 'podman.sock')
  const storage = [
    '--root',
    join(folder, 'root'),
    '--runroot',
    join(folder, 'run'),
    '--storage-driver',
    'vfs',
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'none',
  ]
  const configuration = `[storage]
driver = "vfs"
graphroot = ${JSON.stringify(join(folder, 'root'))}
runroot = ${JSON.stringify(join(folder, 'run'))}
`
  await writeFile(join(folder, 'storage.conf'), configuration)
  const daemon = start('podman', [...storage, 'system', 'service', '--time=0', `unix://${socket}`])
  const run = (...rest: string[]): Promise<string> => output('podman', [...storage, ...rest])
  await answering(daemon, () => access(socket))
  const env = { CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf') }
  return { run, socket, env, options: storage, stop: () => stop(daemon, folder) }
}

/** Runs a program and gives what it printed on either output; rejects with that in the message. */
export async function output(program: string, arguments_: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, arguments_, {
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout + stderr
  } catch (error) {
    const printed = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    throw new Error(`${program} failed: ${printed}`, { cause: error })
  }
}

interface Daemon {
  readonly process: ChildProcess
  /** The last of what it said, for when it does not start. */
  said(): string
}

function start(program: string, arguments_: readonly string[]): Daemon {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  const child = spawn(program, arguments_, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: path },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  return { process: child, said: () => said }
}

async function answering(daemon: Daemon, ask: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 45_000
  for (;;) {
    try {
      await ask()
      return
    } catch (cause) {
      if (daemon.process.exitCode !== null || Date.now() > deadline) {
        daemon.process.kill()
        throw new Error(`the engine did not start: ${daemon.said()}`, { cause })
      }
      await wait(100)
    }
  }
}

async function stop({ process: child }: Daemon, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill()
    const forced = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(forced)
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
