import { readFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { AppError } from '../api/errors.ts'
import { openPush, type OpenPush, type PushSettings } from '../delivery/open-push.ts'
import type { PushPlan } from '../delivery/push-plan.ts'
import { rememberPushes } from '../delivery/remember-pushes.ts'
import { createHistory } from '../library/history/history.ts'
import { machineFolder } from '../library/history/machine-folder.ts'
import { parsePushTarget } from '../delivery/push-target.ts'
import { createRateLimit } from '../net/rate-limit.ts'
import { redact } from '../net/redact.ts'
import type { Output } from './output.ts'
import { collect, parseBytes, parseCount } from './parse.ts'
import { printable, printableJson } from '../printable.ts'
import { createPushReport, pushPlanLines } from './push-report.ts'
import * as event from './push-events.ts'
import { readSecret } from './read-key.ts'
import { callersPath } from './paths.ts'

/** The options of `push`, as commander gives them. */
export interface PushOptions {
  readonly to: string
  readonly image?: string[]
  readonly username?: string
  readonly passwordStdin: boolean
  readonly ca?: string
  readonly insecure: boolean
  readonly tokenHost?: string[]
  readonly connections: number
  readonly limitRate?: number
  readonly dryRun: boolean
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

export function addPushOptions(command: Command): Command {
  return command
    .requiredOption(
      '--to <registry>',
      'where to: registry.example:5000, or a place in it: …/prefix',
    )
    .option('--image <name>', 'only the image of this name, or end of a name; repeatable', collect)
    .addOption(
      new Option(
        '--username <name>',
        'at the registry; without one as “docker login” left it, else as guest',
      ).env('NGC_REPLICATOR_REGISTRY_USERNAME'),
    )
    .option(
      '--password-stdin',
      'read the password from standard input, else from NGC_REPLICATOR_REGISTRY_PASSWORD',
      false,
    )
    .option('--ca <file>', 'PEM file of a certificate authority to trust as well')
    .option(
      '--insecure',
      'allow plain HTTP, which registries on this computer always may speak',
      false,
    )
    .option(
      '--token-host <host>',
      'host of a token service that may be sent the password; repeatable',
      collect,
    )
    .option('--connections <n>', 'layers at once', parseCount, 4)
    .option('--limit-rate <bytes>', 'send at most so much a second, such as 10M', parseBytes)
    .option('--dry-run', 'print what would be pushed under which names, and push nothing', false)
    .option('--json', 'one JSON object a line on standard output, and nothing else there', false)
    .option('--quiet', 'only failures', false)
    .option('--verbose', 'every request, on standard error', false)
}

/** Plans, tells the names, pushes. Returns the exit code; throws what stops it before anything was pushed. */
export async function pushCommand(
  paths: readonly string[],
  options: PushOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const settings = await settingsOf(options, output, signal)
  const opened = await openPush(settings)
  try {
    const plan = await opened.planFiles(paths.map(callersPath), options.image, signal)
    return await tellAndPush(opened, plan, options, output, signal)
  } finally {
    await opened.close()
  }
}

async function tellAndPush(
  opened: OpenPush,
  plan: PushPlan,
  options: PushOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const { json, quiet, dryRun } = options
  const isNothing = plan.pushes.length === 0 && plan.failures.length === 0
  if (isNothing) {
    output.complain('There is no tarball of images there.')
  }
  if (json) {
    for (const planned of plan.pushes) output.print(printableJson(event.planEvent(planned)))
  } else if (!quiet || dryRun) {
    for (const line of pushPlanLines(plan)) output.print(line)
  }
  const report = await createPushReport(plan, { json, quiet }, output)
  // A drive that is not mounted is an empty folder: then all is not well.
  if (dryRun || isNothing) return Math.max(report.finish('dry-run'), Number(isNothing))
  const history = createHistory(machineFolder())
  try {
    await opened.push(plan, rememberPushes(report.listener, history), signal)
    return report.finish('done')
  } catch (error) {
    if (!signal.aborted) throw error
    return report.finish('interrupted')
  } finally {
    await history.settled()
  }
}

async function settingsOf(
  options: PushOptions,
  output: Output,
  signal: AbortSignal,
): Promise<PushSettings> {
  const target = parsePushTarget(options.to)
  const { username, ca, limitRate } = options
  const password = options.passwordStdin
    ? await readSecret('Password', signal)
    : process.env['NGC_REPLICATOR_REGISTRY_PASSWORD']
  const complain = (line: string): void =>
    output.complain(printable(redact(line, password === undefined ? [] : [password])))
  return {
    target,
    login: loginOf(username, password),
    authorities: ca === undefined ? [] : [await readAuthority(callersPath(ca))],
    isInsecureAllowed: options.insecure,
    tokenHosts: options.tokenHost ?? [],
    connections: options.connections,
    limit: createRateLimit(limitRate),
    machineFolder: machineFolder(),
    log: options.verbose ? complain : undefined,
    waiting: options.quiet ? undefined : complain,
  }
}

/** Both or none. Throws AppError `usage`. */
export function loginOf(
  username: string | undefined,
  password: string | undefined,
): PushSettings['login'] {
  if (username === undefined && !password) return undefined
  if (username !== undefined && password) return { username, password }
  throw new AppError(
    'usage',
    username === undefined ? 'A password needs a user name.' : 'A user name needs a password.',
    { hint: 'Give --username, and the password with --password-stdin or in the environment.' },
  )
}

async function readAuthority(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('usage', `The certificate file ${path} cannot be read.`, { cause })
  })
}
