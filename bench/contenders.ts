import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { nodeFlags } from '../test/support/cli.ts'
import { startDocker, startContainerd, type Engine } from '../test/support/engines.ts'
import { has } from '../test/support/parts.ts'
import { daemonsOf, run, type Daemons } from './measure.ts'

/** One way to get images from a registry into files. */
export interface Contender {
  readonly name: string
  /** References are `HOST/REPOSITORY:TAG`; the folder exists and is empty. */
  readonly command: (references: readonly string[], folder: string) => readonly string[]
  readonly daemons?: Daemons
  /** Forgets what the run left behind outside the folder. */
  readonly forget?: (references: readonly string[]) => Promise<void>
}

export const ours: Contender = {
  name: 'ngc-replicator',
  command: (references, folder) => [
    ...ourCommand,
    ...references,
    '--output-path',
    folder,
    '--quiet',
  ],
}

/** As the package's `bin` starts it. */
export const ourCommand: readonly string[] = [
  process.execPath,
  ...nodeFlags,
  join(import.meta.dirname, '..', 'out', 'main', 'cli.js'),
]

/** The same, with these variables set. */
export function withEnvironment(
  { command, ...contender }: Contender,
  variables: Readonly<Record<string, string>>,
): Contender {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  return {
    ...contender,
    command: (references, folder) => ['env', ...assignments, ...command(references, folder)],
  }
}

/** skopeo copies one image at a time. */
export function skopeo(format: 'oci-archive' | 'docker-archive'): Contender {
  return {
    name: `skopeo → ${format}`,
    command: (references, folder) =>
      script(
        references.map(
          (_, index) =>
            `skopeo copy -q --src-tls-verify=false "docker://\${${index + 2}}" "${format}:$1/${index}.tar:\${${index + 2}}"`,
        ),
        [folder, ...references],
      ),
  }
}

/** Blobs one after another through sha256sum into a file, then a sync: what is left when nothing is done besides. */
export function theLimit(blobs: readonly string[], origin: string, repository: string): Contender {
  return {
    name: 'the limit: curl, tee, sha256sum, sync',
    command: (_references, folder) =>
      script(
        [
          'for digest in "$@"; do case "$digest" in sha256:*) ' +
            `curl -skf "${origin}/v2/${repository}/blobs/$digest" | tee -a "$1/blobs" | sha256sum > /dev/null;; esac; done`,
          'sync "$1/blobs"',
        ],
        [folder, ...blobs],
      ),
  }
}

/** The seed's way. */
function dockerPullAndSave({ socket }: Engine): Contender {
  const docker = `docker --host unix://${socket}`
  return {
    name: 'docker pull + docker save',
    command: (references, folder) =>
      script(
        references.flatMap((_, index) => [
          `${docker} pull -q "\${${index + 2}}" > /dev/null`,
          `${docker} save -o "$1/${index}.tar" "\${${index + 2}}"`,
        ]),
        [folder, ...references],
      ),
    daemons: daemonsIn(dirname(socket)),
    forget: async (references) => {
      await run(['docker', '--host', `unix://${socket}`, 'rmi', '-f', ...references])
    },
  }
}

function ctrFetchAndExport({ socket }: Engine): Contender {
  const ctr = `ctr --address ${socket}`
  return {
    name: 'ctr fetch + export',
    command: (references, folder) =>
      script(
        references.flatMap((_, index) => [
          `${ctr} content fetch --plain-http "\${${index + 2}}" > /dev/null`,
          `${ctr} images export "$1/${index}.tar" "\${${index + 2}}"`,
        ]),
        [folder, ...references],
      ),
    daemons: daemonsIn(dirname(socket)),
    forget: async (references) => {
      await run(['ctr', '--address', socket, 'images', 'rm', '--sync', ...references])
    },
  }
}

/** The peers that are installed here, with the engines that they need; `stop` ends those. */
export async function peers(): Promise<{
  contenders: Contender[]
  docker?: Engine
  stop(): Promise<void>
}> {
  const contenders: Contender[] = []
  const engines: Engine[] = []
  let docker: Engine | undefined
  if (has('skopeo')) contenders.push(skopeo('oci-archive'), skopeo('docker-archive'))
  if (has('containerd') && has('ctr')) {
    const containerd = await startContainerd()
    engines.push(containerd)
    contenders.push(ctrFetchAndExport(containerd))
  }
  if (has('dockerd') && has('docker')) {
    docker = await startDocker()
    engines.push(docker)
    contenders.push(dockerPullAndSave(docker))
  }
  const stop = async (): Promise<void> => {
    await Promise.all(engines.map((engine) => engine.stop()))
  }
  return { contenders, ...(docker && { docker }), stop }
}

export async function bytesIn(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function script(lines: readonly string[], arguments_: readonly string[]): string[] {
  return ['sh', '-c', ['set -e', ...lines].join('\n'), 'sh', ...arguments_]
}

/** Whatever runs with a path of this folder on its command line. */
function daemonsIn(folder: string): Daemons {
  return daemonsOf(async () => (await run(['pgrep', '-f', folder])).trim().split('\n').map(Number))
}
