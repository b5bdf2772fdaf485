import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { AppError } from '../api/errors.ts'
import { parseMinVersion, type Rules } from '../selection/rules.ts'
import { collect, parseBytes, parseCount, parseDuration } from './parse.ts'

/** The options of the main command, as commander gives them. */
export interface ReplicateOptions {
  readonly project?: string[]
  readonly image?: string[]
  readonly strictNameMatch: boolean
  readonly minVersion?: string
  readonly pyVersion?: string
  readonly latest?: number
  readonly exclude?: string[]
  readonly platform: 'linux/amd64' | 'linux/arm64' | 'all'
  readonly source: 'registry' | 'docker'
  readonly apiKey?: string
  readonly outputPath?: string
  readonly dryRun: boolean
  readonly exporter: boolean
  readonly externalImages?: string
  readonly list?: string
  readonly progressUri?: string
  readonly registryUrl?: string
  readonly registryUsername?: string
  readonly registryPassword?: string
  readonly remove: boolean
  readonly singularity: boolean
  readonly check: boolean
  readonly jobs: number
  readonly connections: number
  readonly limitRate?: number
  readonly offlineWait: number
  readonly maxFileSize?: number
  readonly site?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Every option of the seed by its name, and ours. Each can be set in the environment, as the seed's could. */
export function addReplicateOptions(command: Command): Command {
  return command
    .optionsGroup('What to select:')
    .addOption(
      repeatable(
        '--project <name>',
        'org, or org/team, whose repositories are selected; repeatable (default: nvidia)',
      ),
    )
    .addOption(
      repeatable(
        '--image <text>',
        'only repositories whose namespace/name contains this; repeatable',
      ),
    )
    .addOption(
      flag(
        '--strict-name-match',
        'with --image: the last part of the name is exactly this, not only contained',
      ).default(false),
    )
    .addOption(
      option('--min-version <YY.MM>', 'only monthly tags from here on; other tags always pass'),
    )
    .addOption(option('--py-version <text>', 'only tags that contain this, such as py3'))
    .addOption(
      option(
        '--latest <n>',
        'only the newest n versions of each repository, with all flavours of each',
      ).argParser(parseCount),
    )
    .addOption(
      repeatable(
        '--exclude <pattern>',
        'leave out what contains this in its name:tag, or matches it with * and ?; repeatable',
      ),
    )
    .addOption(
      option(
        '--platform <platform>',
        'for which machines; “all” makes one tarball for each platform',
      )
        .choices(['linux/amd64', 'linux/arm64', 'all'])
        .default('linux/amd64'),
    )
    .addOption(
      option(
        '--external-images <file>',
        'also the images of this YAML list of {name, tag}, from any registry',
      ),
    )
    .addOption(
      option(
        '--list <file>',
        'the images of missing.json or an inventory, each for its platform; nothing else is selected then',
      ),
    )
    .optionsGroup('Where from:')
    .addOption(
      option(
        '--source <source>',
        '“docker” pulls and saves through Docker, as the original did: larger and slower',
      )
        .choices(['registry', 'docker'])
        .default('registry'),
    )
    .addOption(flag('--no-remove', 'with --source docker: leave in Docker what was pulled'))
    .addOption(
      option(
        '--api-key <key>',
        'NGC or DGX key; better in the environment, or “-” for standard input; without one as guest',
      ),
    )
    .addOption(
      option(
        '--site <file>',
        'JSON with the addresses of another NGC: catalog, auth, registry, dgx',
      ),
    )
    .optionsGroup('Where to:')
    .addOption(
      option(
        '--output-path <folder>',
        'folder for the tarballs (default: /output if it exists, else ./output)',
      ),
    )
    .addOption(
      option(
        '--max-file-size <bytes>',
        'write larger tarballs in parts, such as 4G or 2GiB; a limit of the drive is found without it',
      ).argParser(parseBytes),
    )
    .addOption(flag('--exporter', 'write tarballs (the default)').default(true))
    .addOption(flag('--no-exporter', 'write no tarballs, only push to --registry-url'))
    .addOption(
      option(
        '--registry-url <url>',
        'push to this registry as well, host or host/prefix; http:// allows plain HTTP',
      ),
    )
    .addOption(
      option(
        '--registry-username <name>',
        'user name there; without one as “docker login” left it, else as guest',
      ),
    )
    .addOption(option('--registry-password <password>', 'its password; better in the environment'))
    .optionsGroup('How:')
    .addOption(flag('--dry-run', 'print the plan, and write nothing').default(false))
    .addOption(
      flag(
        '--check',
        'read again what an earlier run wrote, instead of trusting its journal',
      ).default(false),
    )
    .addOption(
      option('--jobs <n>', 'images that are copied at once').argParser(parseCount).default(2),
    )
    .addOption(
      option(
        '--connections <n>',
        'requests at once, at most; how many are worth while it finds itself',
      )
        .argParser(parseCount)
        .default(16),
    )
    .addOption(
      option('--limit-rate <bytes>', 'fetch at most so much a second, such as 10M').argParser(
        parseBytes,
      ),
    )
    .addOption(
      option('--offline-wait <time>', 'how long a network lost in mid-run is waited for; 0 for not')
        .argParser(parseDuration)
        .default(OFFLINE_WAIT_MS, '8h'),
    )
    .addOption(
      option('--progress-uri <address>', 'post the progress as JSON there, as the original did'),
    )
    .addOption(new Option('--singularity', 'not available yet').default(false).hideHelp())
}

/** A night: longer than most outages, shorter than the day between two runs of a cron job. */
const OFFLINE_WAIT_MS = 8 * 3_600_000

function option(flags: string, description: string): Option {
  const made = new Option(flags, description)
  return made.env(environmentName(made))
}

/** Takes no value: in the environment only what says yes sets it, `NGC_REPLICATOR_DRY_RUN=false` does not. */
function flag(flags: string, description: string): Option {
  const made = new Option(flags, description)
  const name = environmentName(made)
  return /^(?:1|t|true|y|yes|on)$/i.test(process.env[name] ?? '') ? made.env(name) : made
}

function environmentName(made: Option): string {
  return `NGC_REPLICATOR_${made.name().replaceAll('-', '_').toUpperCase()}`
}

function repeatable(flags: string, description: string): Option {
  return option(flags, description).argParser(collect)
}

/** What the main command prints, and how much. */
export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(
      flag('--json', 'one JSON object a line on standard output, and nothing else there').default(
        false,
      ),
    )
    .addOption(flag('--quiet', 'only failures').default(false))
    .addOption(flag('--verbose', 'every request, on standard error').default(false))
}

/** Refuses what is not there yet, or not without something else, rather than pass over it. Throws AppError `usage`. */
export function refuseUnavailable(options: ReplicateOptions): void {
  if (options.registryUrl === undefined) {
    if (!options.exporter) {
      throw new AppError(
        'usage',
        '--no-exporter needs --registry-url: else nothing is to be done.',
        {
          hint: 'Leave it out to save tarballs.',
        },
      )
    }
    if (options.registryUsername ?? options.registryPassword) {
      throw new AppError(
        'usage',
        '--registry-username and --registry-password need --registry-url.',
      )
    }
  }
  if (options.singularity) throw unavailable('--singularity is', 'Leave it out to save tarballs.')
  if (!options.remove && options.source !== 'docker') {
    throw new AppError('usage', '--no-remove belongs to --source docker.', {
      hint: 'Images are fetched without Docker: leave it out.',
    })
  }
  if (options.registryUrl !== undefined && options.source === 'docker') {
    throw new AppError(
      'usage',
      '--registry-url pushes what was published, which Docker does not keep.',
      {
        hint: 'Leave out --source docker, or push the saved tarballs afterwards (ngc-replicator push).',
      },
    )
  }
  if (options.site !== undefined && options.source === 'docker') {
    throw new AppError('usage', 'Docker pulls from nvcr.io itself, whatever --site says.', {
      hint: 'Leave out --site or --source docker.',
    })
  }
}

function unavailable(what: string, hint: string): AppError {
  return new AppError('usage', `${what} not available yet.`, { hint })
}

/** Throws AppError `usage`. */
export function rulesOf(options: ReplicateOptions): Rules {
  return {
    projects: options.project ?? ['nvidia'],
    images: options.image ?? [],
    strictNameMatch: options.strictNameMatch,
    exclude: options.exclude ?? [],
    ...(options.minVersion !== undefined && { minVersion: parseMinVersion(options.minVersion) }),
    ...(options.pyVersion !== undefined && { pyVersion: options.pyVersion }),
    ...(options.latest !== undefined && { latest: options.latest }),
  }
}

/** Relative paths mean the folder of the caller, also through `npm run`, which changes to the package's own. */
export function callersPath(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: caller } = process.env
  return resolve(script === 'cli' && caller !== undefined ? caller : '', path)
}

export function destinationFolder(path: string | undefined): string {
  return callersPath(path ?? (existsSync('/output') ? '/output' : 'output'))
}
