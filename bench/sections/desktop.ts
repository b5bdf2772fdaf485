import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import provideElectron from '../../test/e2e/runtime.ts'
import { executable } from '../../test/e2e/application.ts'
import { electronArguments } from '../../scripts/runtime/launch.ts'
import { has } from '../../test/support/parts.ts'
import { rotated } from '../compare.ts'
import type { Bench, Section } from '../section.ts'
import { ourCommand } from '../contenders.ts'
import { monthlyTags, oneBigAmongMany } from '../images.ts'
import { startLine } from '../line.ts'
import { measure, run } from '../measure.ts'
import { pushLarge } from '../push-large.ts'
import { markdownTable, median, spread, spreadMb } from '../table.ts'

/** The window beside the command line: on Node, and as a package has it, on the very Electron that the window runs on. */
export const desktop: Section = async (bench) => {
  const title = '## The desktop'
  if (!process.env['DISPLAY'] && !has('Xvfb')) return `${title}\n\nLeft out: there is no display.`
  await provideElectron()
  const { registry, scale } = bench
  const tables: string[] = []
  const table = async (
    name: string,
    host: string,
    images: readonly string[],
    runs = bench.runs + MORE_OF_SHORT,
  ): Promise<void> => {
    tables.push(`${name}:\n\n${await compared({ ...bench, runs }, host, images)}`)
  }
  const line = await startLine(registry.host, 'connection')
  try {
    // Each is pushed right before it is measured, the large one last: after many writes a machine is slow for a while.
    await registry.push('bench/plain', oneBigAmongMany('plain', 1200 * scale), '1')
    await table('One image, plain line', registry.host, ['bench/plain:1'])
    const months = monthlyTags('months', 3, 500 * scale)
    for (const [month, image] of months.entries())
      await registry.push('bench/months', image, `${month + 1}`)
    const tags = months.map((_, month) => `bench/months:${month + 1}`)
    await table('Three monthly tags', registry.host, tags)
    await registry.push('bench/capped', oneBigAmongMany('capped', 800 * scale), '1')
    await table('25 MB/s for each connection', line.host, ['bench/capped:1'])
    await pushLarge(registry, 'bench/long', '1', Math.round(4e9 * scale))
    await table('One of 4 GB', registry.host, ['bench/long:1'], bench.runs)
    return [title, EXPLANATION, ...tables].join('\n\n')
  } finally {
    await line.stop()
  }
}

/** What takes a second or two differs more from run to run. */
const MORE_OF_SHORT = 2
/** After so long, what the last contender left warm is cold to the command line too, as it is to a window that opens. */
const SETTLE_MS = 5_000

const EXPLANATION = `The transfer is from the first file's birth to the last one's name; start to end is the whole command, or from the click on
Start to the news that all is done. CPU seconds of the desktop are those of all its processes in that time, the drawing among them; its
peak is main's, beside what main used before the click. The delay of main's event loop is sampled every 10 ms, which are part of
it. Each waits ${SETTLE_MS / 1000} s before it starts: what the last one left warm in memory would favour the command line, which begins to write
sooner than a window opens.

On loopback the cores are the limit, and registry, drawing (in software where there is no GPU) and fetching share them; what the
desktop needs beyond the command line of the same Electron is the window's and the GPU process's. A line that is the limit
leaves no difference.`

const printed = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  /** What the main process used before the start. */
  idleBytes: z.number(),
  /** Of the main process. */
  peakBytes: z.number(),
  /** How late main's event loop came around meanwhile. */
  delay: z.object({ p50Ms: z.number(), p99Ms: z.number(), mostMs: z.number() }),
})

type Printed = z.output<typeof printed>
type Took = Omit<Printed, 'delay' | 'idleBytes'> & Partial<Printed>

type Save = (host: string, references: readonly string[], folder: string) => Promise<Took>

const contenders: Record<string, Save> = {
  'command line on Node': byCommand(() => ourCommand),
  // As build/start/ngc-replicator starts it.
  'command line on Electron': byCommand(() => [
    executable(),
    ...electronArguments(),
    '--no-zygote',
    '--log-level=3',
    '--js-flags=--max-semi-space-size=1',
    '.',
    '--cli',
    '--',
  ]),
  async desktop(host, references, folder) {
    const program = join(import.meta.dirname, '..', 'desktop-run.ts')
    const command = [process.execPath, program, host, folder, ...references]
    const output = await run([process.execPath, 'scripts/with-display.ts', ...command])
    return printed.parse(JSON.parse(output))
  },
}

function byCommand(command: () => readonly string[]): Save {
  return async (_host, references, folder) =>
    await measure([...command(), ...references, '--output-path', folder, '--quiet'])
}

async function compared(
  { runs, workFolder, say }: Bench,
  host: string,
  images: readonly string[],
): Promise<string> {
  const references = images.map((image) => `${host}/${image}`)
  const names = Object.keys(contenders)
  const taken = new Map<string, (Took & { transfer: number })[]>(names.map((name) => [name, []]))
  for (let turn = 0; turn < runs; turn += 1) {
    for (const [name, save] of rotated(Object.entries(contenders), turn)) {
      const folder = await mkdtemp(join(workFolder, 'desktop-'))
      await run(['sync'])
      await wait(SETTLE_MS)
      const took = { ...(await save(host, references, folder)), transfer: await secondsIn(folder) }
      say(`${name}: ${took.transfer.toFixed(2)} s`)
      taken.get(name)!.push(took)
      await rm(folder, { recursive: true })
    }
  }
  return tableOf(taken)
}

/** From when the first tarball was made to when the last one got its name. */
async function secondsIn(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.tar'))
  const files = await Promise.all(names.map((name) => stat(join(folder, name))))
  const begunMs = Math.min(...files.map(({ birthtimeMs }) => birthtimeMs))
  return (Math.max(...files.map(({ ctimeMs }) => ctimeMs)) - begunMs) / 1000
}

function tableOf(taken: ReadonlyMap<string, readonly (Took & { transfer: number })[]>): string {
  const [onNode = 0, onElectron = 0] = [...taken.values()].map(transferOf)
  return markdownTable(
    [
      '',
      'transfer, s',
      '× on Node',
      '× on Electron',
      'start to end, s',
      'CPU seconds',
      'peak MB',
      'event loop: p50, p99, most, ms',
    ],
    [...taken].map(([name, all]) => {
      const middle = (figure: (took: Took) => number): number => median(all.map(figure))
      const delays = all.flatMap(({ delay }) => delay ?? [])
      return [
        name,
        spread(
          all.map(({ transfer }) => transfer),
          2,
        ),
        (transferOf(all) / onNode).toFixed(2),
        (transferOf(all) / onElectron).toFixed(2),
        middle(({ seconds }) => seconds).toFixed(2),
        middle(({ cpuSeconds }) => cpuSeconds).toFixed(2),
        peakOf(all),
        delays.length === 0
          ? '–'
          : (['p50Ms', 'p99Ms', 'mostMs'] as const)
              .map((which) => median(delays.map((delay) => delay[which])).toFixed(0))
              .join(', '),
      ]
    }),
  )
}

function peakOf(all: readonly Took[]): string {
  const idle = all.flatMap(({ idleBytes }) => idleBytes ?? [])
  const peak = spreadMb(all.map(({ peakBytes }) => peakBytes))
  return idle.length === 0 ? peak : `${peak}, ${(median(idle) / 1e6).toFixed(0)} before`
}

function transferOf(all: readonly { transfer: number }[]): number {
  return median(all.map(({ transfer }) => transfer))
}
