import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { layoutTarball } from '../../main/archive/layout.ts'
import { writeTarball } from '../../main/archive/write.ts'
import type { Bench, Section } from '../section.ts'
import { bytesIn, ourCommand } from '../contenders.ts'
import { oneBigAmongMany, plainImage } from '../images.ts'
import { measureTimes, run } from '../measure.ts'
import { markdownTable, spread } from '../table.ts'

/** What happens after the line: going on after a kill, verifying, listing, loading. */
export const local: Section = async (bench) => {
  const { registry, scale, runs, workFolder, docker, say } = bench
  const image = oneBigAmongMany('local', 1200 * scale)
  await registry.push('bench/local', image, '1')
  const reference = `${registry.host}/bench/local:1`
  const folder = await mkdtemp(join(workFolder, 'local-'))
  await run([...ourCommand, reference, '--output-path', folder, '--quiet'])
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tar'))
  const file = join(folder, tarball!)
  const docker_ = docker && ['docker', '--host', `unix://${docker.socket}`]

  const rows: string[][] = []
  const row = async (
    name: string,
    command: readonly string[],
    around?: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
  ): Promise<void> => {
    const costs = await measureTimes(runs, command, around)
    const seconds = costs.map((cost) => cost.seconds)
    say(`${name}: ${spread(seconds, 2)} s`)
    rows.push([name, spread(seconds, 2)])
  }

  const whole = join(workFolder, 'whole')
  const fetch = [...ourCommand, reference, '--output-path', whole, '--quiet']
  const clean = (): Promise<void> => rm(whole, { recursive: true, force: true })
  await row('fetched whole', fetch, { after: clean })
  await row('gone on after a kill at 90 %', fetch, {
    before: () =>
      killAt(
        0.9 * image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0),
        fetch,
        whole,
      ),
    after: clean,
  })
  await row('verify', [...ourCommand, 'verify', folder])
  await row('sha256sum -c', [
    'sh',
    '-c',
    'cd "$1" && sha256sum -c --quiet SHA256SUMS',
    'sh',
    folder,
  ])
  if (docker_) {
    const remove = (): Promise<string> => run([...docker_, 'rmi', '-f', reference])
    await row('docker load', [...docker_, 'load', '-q', '-i', file], { after: remove })
  }
  const library = await manyTarballs(bench, 500)
  await row('inventory of 500, warm', [...ourCommand, 'inventory', library])
  await row('inventory of 500, cold', [...ourCommand, 'inventory', library], { before: dropCaches })
  await rm(library, { recursive: true })
  await rm(folder, { recursive: true })
  return `## On the drive\n\n${markdownTable(['', 'seconds'], rows)}`
}

/** Starts a run and kills it without a word when so many bytes lie in its folder. */
async function killAt(
  bytes: number,
  [program, ...rest]: readonly string[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const child = spawn(program!, rest, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  while (child.exitCode === null && (await bytesIn(folder)) < bytes) await wait(5)
  child.kill('SIGKILL')
  await ended
}

/** Root may; elsewhere "cold" is what the cache makes of it. */
async function dropCaches(): Promise<void> {
  await run(['sh', '-c', 'sync; echo 3 > /proc/sys/vm/drop_caches || true'])
}

async function manyTarballs({ workFolder }: Bench, count: number): Promise<string> {
  const folder = await mkdtemp(join(workFolder, 'library-'))
  const image = plainImage('library', 12, 4000)
  const blobs = new Map(image.layers.map(({ descriptor, bytes }) => [descriptor.digest, bytes]))
  for (let index = 0; index < count; index += 1) {
    const layers = image.layers.map(({ descriptor }) => descriptor)
    await writeTarball(
      {
        folder,
        name: `bench_library_${index}_linux-amd64.tar`,
        layout: layoutTarball({ ...image, layers, extras: [] }, `nvcr.io/bench/library:${index}`),
        openBlob: async ({ digest }) => Readable.from([blobs.get(digest)!], { objectMode: false }),
      },
      new AbortController().signal,
    )
  }
  return folder
}
