import { expect } from 'vitest'
import { load, type LoadListener } from '../../main/delivery/load.ts'
import { planLoad, type LoadItem } from '../../main/delivery/load-plan.ts'
import type { ContainerEngine } from '../../main/docker/engine.ts'
import { chooseEngine } from '../../main/docker/find-engines.ts'
import { helloProgram } from '../../main/sandbox/hello.ts'
import {
  makeImage,
  makeLayer,
  type LayerCompression,
  type MadeImage,
} from '../../main/sandbox/image.ts'
import { amd64, temporaryFolder, writeImage } from './made-tarball.ts'

let made = 0

/** An image that no other test has, and that says so when it is run. */
export function runnable(options: { compression?: LayerCompression; sizeBytes?: number } = {}): {
  image: MadeImage
  reference: string
} {
  made += 1
  const { compression = 'gzip', sizeBytes = 100_000 } = options
  const program = makeLayer({
    seed: `program ${made}`,
    compression,
    files: { 'bin/hello': { bytes: helloProgram('amd64', `carried ${made}`), mode: 0o755 } },
  })
  const rest = makeLayer({ seed: `rest ${made}`, sizeBytes, compression })
  const image = makeImage({ platform: amd64, layers: [program, rest], entrypoint: ['/bin/hello'] })
  return { image, reference: `nvcr.io/nvidia/practice:load-${made}` }
}

/** What the listener was told, in order. */
export function recorder(): { listener: LoadListener; told: string[]; errors: Error[] } {
  const told: string[] = []
  const errors: Error[] = []
  return {
    told,
    errors,
    listener: {
      loaded: (item) => told.push(`loaded ${nameOf(item)}`),
      tagged: (item) => told.push(`tagged ${nameOf(item)}`),
      skipped: (item) => told.push(`skipped ${nameOf(item)}`),
      failed(item, error) {
        told.push(`failed ${nameOf(item)}`)
        if (error instanceof Error) errors.push(error)
      },
    },
  }
}

function nameOf({ references, file }: LoadItem): string {
  return references[0] ?? file
}

export const goOn = new AbortController().signal

export async function loadAll(
  engine: ContainerEngine,
  ...paths: string[]
): Promise<ReturnType<typeof recorder>> {
  const record = recorder()
  await load(await planLoad({ paths }, engine), engine, record.listener, goOn)
  return record
}

export async function at(socket: string): Promise<ContainerEngine> {
  return await chooseEngine(undefined, {
    env: { DOCKER_HOST: `unix://${socket}` },
    home: '/nonexistent',
    containerdSockets: [],
  })
}

/** What is told of a load that is cancelled at its first bytes. */
export async function cancelledLoad(engine: ContainerEngine): Promise<string[]> {
  const folder = await temporaryFolder()
  const { image, reference } = runnable({ sizeBytes: 20_000_000 })
  await writeImage(folder, image, { reference })
  const plan = await planLoad({ paths: [folder] }, engine)
  const cancelled = new AbortController()
  const { told, listener } = recorder()
  const cancelling = { ...listener, progress: () => cancelled.abort() }
  await expect(load(plan, engine, cancelling, cancelled.signal)).rejects.toThrow('abort')
  expect(await engine.find(reference)).toBeUndefined()
  return told
}
