import { cpus, release, totalmem } from 'node:os'
import { has } from '../test/support/parts.ts'
import { run } from './measure.ts'

/** The machine and the versions of everything that is compared, as lines of Markdown. */
export async function describeMachine(): Promise<string[]> {
  const [cpu] = cpus()
  const asked = [
    ['docker', ['docker', '--version']],
    ['skopeo', ['skopeo', '--version']],
    ['ctr', ['ctr', '--version']],
    ['docker-registry', ['docker-registry', '--version']],
  ] as const
  const versions = await Promise.all(
    asked.map(async ([part, command]) =>
      has(part) ? (await run(command)).trim() : `${part}: not here`,
    ),
  )
  return [
    `- ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${(totalmem() / 1e9).toFixed(0)} GB, Linux ${release()}`,
    `- Node ${process.versions.node}; ${versions.join('; ')}`,
  ]
}
