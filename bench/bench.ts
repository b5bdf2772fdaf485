/** Measures this program beside its peers on this machine and writes the tables as Markdown; see `--help`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { startRegistry } from '../test/support/registry.ts'
import { peers } from './contenders.ts'
import { describeMachine } from './machine.ts'
import { settleMemory } from './memory.ts'
import type { Bench, Section } from './section.ts'
import { capped } from './sections/capped.ts'
import { desktop } from './sections/desktop.ts'
import { growth } from './sections/growth.ts'
import { large } from './sections/large.ts'
import { local } from './sections/local.ts'
import { months } from './sections/months.ts'
import { plain } from './sections/plain.ts'
import { tls } from './sections/tls.ts'

// The large ones last: after many writes a machine is slow for a while.
const sections: Record<string, Section> = {
  plain,
  tls,
  capped,
  months,
  desktop,
  large,
  local,
  growth,
}

const options = new Command('bench')
  .description('Times this program and its peers on a real registry on loopback.')
  .option('--runs <n>', 'runs of each, of which the median stands', Number, 3)
  .option('--scale <factor>', 'of all sizes; 0.05 is a rehearsal', Number, 1)
  .addOption(new Option('--only <names...>', 'sections').choices(Object.keys(sections)))
  .option('--work <folder>', 'where outputs go: the disk that is measured', tmpdir())
  .option('--output <file>', 'Markdown with the tables')
  .parse()
  .opts<{ runs: number; scale: number; only?: string[]; work: string; output?: string }>()

const registry = await startRegistry()
const installed = await peers()
const workFolder = await mkdtemp(join(options.work, 'bench-'))
try {
  const bench: Bench = {
    registry,
    peers: installed.contenders,
    docker: installed.docker,
    workFolder,
    runs: options.runs,
    scale: options.scale,
    say: (line) => process.stderr.write(`${line}\n`),
  }
  const chapters = [
    [
      '# Benchmark',
      '',
      `Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: medians of ${options.runs} runs, least and most in brackets.`,
      ...(options.scale === 1
        ? []
        : [`A rehearsal at ${options.scale} of the sizes: the figures mean little.`]),
      '',
      ...(await describeMachine()),
      ...(await settleMemory()),
    ].join('\n'),
  ]
  for (const name of options.only ?? Object.keys(sections)) {
    bench.say(`— ${name}`)
    chapters.push(await sections[name]!(bench))
  }
  const markdown = `${chapters.join('\n\n')}\n`
  process.stdout.write(markdown)
  if (options.output !== undefined) await writeFile(options.output, markdown)
} finally {
  await Promise.all([registry.stop(), installed.stop()])
  await rm(workFolder, { recursive: true, force: true })
}
