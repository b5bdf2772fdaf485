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
  /** Ends it at once, as a failing machine would. */
  kill(): Promise<void>
  /** After it was killed: with the storage that it left. */
  restart(): Promise<void>
  /** Ends what was started and removes its storage. */
  stop(): Promise<void>
}

export interface EngineOptions {
  /** Where its storage is to be; else in its temporary folder. */
  readonly dataRoot?: string
}

export interface PodmanOptions extends EngineOptions {
  /** Through which it copies; else the system's. */
  readonly temporaryRoot?: string
}

/** dockerd without a network: `docker run --network none` works. */
export async function startDocker(
  options: EngineOptions & { readonly flags?: readonly string[] } = {},
): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-docker-'))
  const socket = join(folder, 'docker.sock')
  const run = (...rest: string[]): Promise<string> =>
    output('docker', ['--host', `unix://${socket}`, ...rest])
  const daemon = new Daemon('dockerd', [
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
  const start = (): Promise<void> => daemon.start(() => run('version'))
  await start()
  return {
    run,
    socket,
    env: { DOCKER_HOST: `unix://${socket}` },
    async kill() {
      await daemon.kill()
      // Killed, it leaves its storage mounted on itself, and the number of a process that may still be waited for.
      await output('umount', ['--recursive', '--lazy', join(folder, 'data')]).catch(() => undefined)
      await rm(join(folder, 'exec'), { recursive: true, force: true })
    },
    restart: start,
    stop: () => daemon.stop(folder),
  }
}

export async function startContainerd(options: EngineOptions = {}): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-containerd-'))
  const socket = join(folder, 'containerd.sock')
  const configuration = `version = 2
root = ${JSON.stringify(options.dataRoot ?? join(folder, 'root'))}
state = ${JSON.stringify(join(folder, 'state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = ${JSON.stringify(socket)}
[ttrpc]
address = ${JSON.stringify(`${socket}.ttrpc`)}
`
  await writeFile(join(folder, 'config.toml'), configuration)
  const run = (...rest: string[]): Promise<string> => output('ctr', ['--address', socket, ...rest])
  const daemon = new Daemon('containerd', ['--config', join(folder, 'config.toml')])
  const start = (): Promise<void> => daemon.start(() => run('version'))
  await start()
  return {
    run,
    socket,
    env: { CONTAINERD_ADDRESS: socket },
    kill: () => daemon.kill(),
    restart: start,
    stop: () => daemon.stop(folder),
  }
}

/** Podman with private storage, its socket served. `kill` ends what serves it. */
export async function startPodman(
  options: PodmanOptions = {},
): Promise<Engine & { readonly options: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-podman-'))
  const socket = join(folder, 'podman.sock')
  const root = options.dataRoot ?? join(folder, 'root')
  const storage = [
    '--root',
    root,
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
graphroot = ${JSON.stringify(root)}
runroot = ${JSON.stringify(join(folder, 'run'))}
`
  await writeFile(join(folder, 'storage.conf'), configuration)
  const { temporaryRoot } = options
  const daemon = new Daemon(
    'podman',
    [...storage, 'system', 'service', '--time=0', `unix://${socket}`],
    temporaryRoot === undefined ? {} : { TMPDIR: temporaryRoot },
  )
  const start = (): Promise<void> => daemon.start(() => access(socket))
  await start()
  return {
    run: (...rest) => output('podman', [...storage, ...rest]),
    socket,
    env: { CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf') },
    options: storage,
    async kill() {
      await daemon.kill()
      await rm(socket, { force: true })
    },
    restart: start,
    stop: () => daemon.stop(folder),
  }
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

class Daemon {
  readonly #program: string
  readonly #arguments: readonly string[]
  readonly #env: NodeJS.ProcessEnv
  #process: ChildProcess | undefined

  constructor(program: string, arguments_: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#program = program
    this.#arguments = arguments_
    this.#env = env
  }

  /** Resolves when it answers; rejects with the last of what it said. */
  async start(ask: () => Promise<unknown>): Promise<void> {
    const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
    const child = spawn(this.#program, this.#arguments, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: path, ...this.#env },
    })
    this.#process = child
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000)
    })
    const deadline = Date.now() + 45_000
    for (;;) {
      try {
        await ask()
        return
      } catch (cause) {
        if (child.exitCode !== null || Date.now() > deadline) {
          child.kill()
          throw new Error(`the engine did not start: ${said}`, { cause })
        }
        await wait(100)
      }
    }
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends it, and removes that folder. */
  async stop(folder: string): Promise<void> {
    await this.#end('SIGTERM')
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const forced = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(forced)
  }
}
