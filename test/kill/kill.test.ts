import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { makeImage, makeLayer, noise } from '../../main/sandbox/image.ts'
import { amd64, temporaryFolder } from '../support/made-tarball.ts'
import { program } from '../support/cli.ts'
import { servePractice, type PracticeServer } from '../support/practice-server.ts'

const RATE = 20_000_000
const KILLS = 50
const seed = process.env['KILL_SEED'] ?? 'kill'
const layers = [90_000_000, 60_000_000, 40_000_000, 10_000_000].map((sizeBytes, at) =>
  makeLayer({ seed: `kill ${at}`, sizeBytes }),
)
const neededBytes = layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0)

test(
  'a program killed at 50 random moments ends with the right bytes, and few of them came twice',
  { timeout: 400_000 },
  async () => {
    const home = await temporaryFolder()
    const folder = join(home, 'output')
    const image = makeImage({ platform: amd64, layers })
    const server = await servePractice(image, RATE)
    const configBytes = image.config.descriptor.size
    // Shares of the whole after which it is killed: sorted random numbers, so that every run gets further.
    const moments = [...randomShares(KILLS)].toSorted((a, b) => a - b)
    let runs = 0
    for (const moment of moments) {
      const before = server.sentBytes()
      await runUntil(server, home, Math.max(before + 1, moment * neededBytes))
      runs += 1
      expect(server.sentBytes()).toBeGreaterThan(before)
      expect((await readdir(folder)).filter((file) => file.endsWith('.tar'))).toEqual([])
    }
    expect(await runUntil(server, home)).toBe(0)
    const fetchedBytes = server.sentBytes() - (runs + 1) * configBytes
    console.log(
      `${runs} kills, seed “${seed}”: ${fetchedBytes} bytes fetched of ${neededBytes} needed, ratio ${(fetchedBytes / neededBytes).toFixed(4)}`,
    )
    const files = await readdir(folder)
    expect(files.filter((file) => /partial|journal/.test(file))).toEqual([])
    const verification = await verifyFiles({ folder })
    expect(verification.files).toMatchObject([{ ok: true, problems: [] }])
    expect(fetchedBytes).toBeLessThanOrEqual(neededBytes * 1.02)
  },
)

/** Starts the program, and kills it when so many bytes were sent in all; resolves to the exit code. */
async function runUntil(
  server: PracticeServer,
  home: string,
  bytes = Number.POSITIVE_INFINITY,
): Promise<number | null> {
  const folder = join(home, 'output')
  const args = [program, server.reference, '--output-path', folder, '--quiet']
  const env = { ...process.env, NODE_COMPILE_CACHE: join(home, 'compiled') }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  const ended = once(child, 'exit')
  server.reached(bytes, () => child.kill('SIGKILL'))
  const [code] = (await ended) as [number | null]
  return code
}

function* randomShares(kills: number): Generator<number> {
  const bytes = Buffer.from(noise(seed, kills * 4))
  for (let at = 0; at < kills; at += 1) yield bytes.readUInt32LE(at * 4) / 2 ** 32
}
