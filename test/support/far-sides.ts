import { containerdProgram } from '../../main/docker/containerd-program.ts'
import type { ContainerEngine } from '../../main/docker/engine.ts'
import {
  startContainerd,
  startDocker,
  startPodman,
  type Engine,
  type EngineOptions,
} from './engines.ts'
import { at } from './load-stage.ts'
import type { Part } from './part.ts'

/** A kind of engine that images are loaded into: how it is started, found, and made to run one. */
export interface FarSide {
  readonly kind: ContainerEngine['facts']['kind']
  readonly parts: readonly Part[]
  readonly start: (options?: EngineOptions) => Promise<Engine>
  readonly open: (engine: Engine) => Promise<ContainerEngine>
  /** What the image prints. */
  readonly runImage: (engine: Engine, reference: string) => Promise<string>
}

/** Where tests run in a container, nobody may raise what Podman would. */
const limits = ['nofile', 'nproc'].flatMap((one) => ['--ulimit', `${one}=1024:1024`])

export const farSides: readonly FarSide[] = [
  {
    kind: 'docker',
    parts: ['dockerd', 'docker'],
    start: startDocker,
    open: ({ socket }) => at(socket),
    runImage: (engine, reference) => engine.run('run', '--rm', '--network', 'none', reference),
  },
  {
    kind: 'podman',
    parts: ['podman'],
    start: startPodman,
    open: ({ socket }) => at(socket),
    runImage: (engine, reference) =>
      engine.run('run', '--rm', ...limits, '--network', 'none', reference),
  },
  {
    kind: 'containerd',
    parts: ['containerd', 'ctr'],
    start: startContainerd,
    open: ({ socket }) => containerdProgram({ socket, namespace: 'default' }),
    runImage: (engine, reference) =>
      engine.run('run', '--rm', '--snapshotter', 'native', reference, 'practice'),
  },
]
