import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from './section.ts'
import { bytesIn, type Contender } from './contenders.ts'
import { measure, type Cost } from './measure.ts'

export interface Compared {
  readonly costs: ReadonlyMap<string, readonly Cost[]>
  /** What lay in the folder at the end. */
  readonly outputBytes: ReadonlyMap<string, number>
}

/**
 * Every contender in turn, several times over, so that a slow minute of the machine hits all of them; each turn begins with
 * another one.
 */
export async function compare(
  { runs, workFolder, say }: Bench,
  contenders: readonly Contender[],
  references: readonly string[],
): Promise<Compared> {
  const costs = new Map<string, Cost[]>(contenders.map(({ name }) => [name, []]))
  const outputBytes = new Map<string, number>()
  for (let turn = 0; turn < runs; turn += 1) {
    for (const { name, command, daemons, forget } of rotated(contenders, turn)) {
      await mkdir(workFolder, { recursive: true })
      const folder = await mkdtemp(join(workFolder, 'out-'))
      const cost = await measure(command(references, folder), daemons)
      say(`${name}: ${cost.seconds.toFixed(2)} s`)
      costs.get(name)!.push(cost)
      outputBytes.set(name, await bytesIn(folder))
      await forget?.(references)
      await rm(folder, { recursive: true })
    }
  }
  return { costs, outputBytes }
}

/** The same in the same order, but beginning with the one at that place. */
export function rotated<Each>(all: readonly Each[], turn: number): Each[] {
  const first = turn % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}
