import { diagnose, type Diagnosis } from '../docker/diagnose.ts'
import type { EngineFacts } from '../docker/engine.ts'
import { findEngines, nothingFound } from '../docker/find-engines.ts'
import { formatBytes } from '../format.ts'
import { explain, type Output } from './output.ts'
import { printable, printableJson } from '../printable.ts'

/** What this machine has to load images into. Returns 0 when any engine answers, else 1. */
export async function doctorCommand(
  { json }: { json: boolean },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const found = diagnose(await findEngines({}, signal))
  if (json) output.print(printableJson(found))
  else for (const line of linesOf(found)) output.print(printable(line))
  return found.engines.length > 0 ? 0 : 1
}

function linesOf({ engines, problems, looked }: Diagnosis): string[] {
  const none = engines.length === 0 && problems.length === 0 ? explain(nothingFound()) : []
  return [
    ...engines.flatMap(engineLines),
    ...problems.flatMap(({ where, message, hint }) => [
      `problem: ${where}`,
      `  ${message}`,
      ...(hint === null ? [] : [`  ${hint}`]),
    ]),
    ...none,
    ...(looked.length > 0 ? [`Nothing answers as ${looked.join('; ')}.`] : []),
  ]
}

function engineLines(facts: EngineFacts): string[] {
  const { name, origin, address, apiVersion, storageDriver, storageFolder, freeBytes, scratch } =
    facts
  const api = apiVersion === undefined ? '' : `, API ${apiVersion}`
  const storage =
    storageFolder === undefined
      ? []
      : [
          `  stores in ${storageFolder}${storageDriver ? ` (${storageDriver})` : ''}, ${freeInWords(freeBytes)}`,
        ]
  const copies = scratch
    ? [`  copies through ${scratch.folder}, ${freeInWords(scratch.freeBytes)}`]
    : []
  return [`${name}${api}`, `  ${origin}, ${address}`, ...storage, ...copies]
}

function freeInWords(bytes: number | undefined): string {
  return bytes === undefined ? 'free space unknown' : `${formatBytes(bytes)} free`
}
