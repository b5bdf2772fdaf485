/**
 * Runs every test: units and real parts with Vitest, the window with Playwright, in CI also what `npm run test:package` does;
 * ends in one line of counts.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
})
const playwrightReport = z.object({
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
})

const folder = mkdtempSync(join(tmpdir(), 'test-reports-'))
let passed = 0
let failed = 0
let skipped = 0

const units = run('Vitest', 'vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(folder, 'units.json')}`,
])
add(units, () => countsOf('units.json'))

const window = run('Playwright', 'npm', ['run', '-s', 'test:e2e', '--', '--reporter=list,json'], {
  PLAYWRIGHT_JSON_OUTPUT_FILE: join(folder, 'window.json'),
})
add(window, () => {
  const {
    expected,
    unexpected,
    flaky,
    skipped: left,
  } = playwrightReport.parse(read('window.json')).stats
  return [expected, unexpected + flaky, left]
})

if (process.env['CI'] === 'true') {
  const packages = run('Packages', 'npm', [
    'run',
    '-s',
    'test:package',
    '--',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(folder, 'packages.json')}`,
  ])
  add(packages, () => countsOf('packages.json'))
}

rmSync(folder, { recursive: true })
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0

function run(
  name: string,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { name: string; isOk: boolean } {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  })
  return { name, isOk: status === 0 }
}

/**
 * A runner that ended without a report, or badly though no test failed, counts as one failure. Only where there is no
 * display may the window's tests be left out, and never in CI.
 */
function add(
  runner: { name: string; isOk: boolean },
  counts: () => [number, number, number],
): void {
  try {
    const [good, bad, left] = counts()
    passed += good
    failed += bad === 0 && !runner.isOk ? 1 : bad
    skipped += left
  } catch {
    const isLeftOut = runner.isOk && process.env['CI'] !== 'true'
    if (isLeftOut) skipped += 1
    else failed += 1
    console.error(`${runner.name} left no report.`)
  }
}

function countsOf(name: string): [number, number, number] {
  const report = vitestReport.parse(read(name))
  return [report.numPassedTests, report.numFailedTests, report.numPendingTests]
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'))
}
