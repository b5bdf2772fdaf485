import { Option, type Command } from 'commander'
import { flag, option } from './option.ts'
import { parseBytes, parseCount, parseDuration } from './parse.ts'
import { addSelectOptions, type SelectOptions } from './select-options.ts'

/** The options of the main command, as commander gives them. */
export interface ReplicateOptions extends SelectOptions {
  readonly source: 'registry' | 'docker'
  readonly apiKey?: string
  readonly outputPath?: string
  readonly dryRun: boolean
  readonly exporter: boolean
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
  readonly withApp: boolean
  readonly withInstallers?: string
  readonly site?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Every option of the seed by its name, and ours. Each can be set in the environment, as the seed's could. */
export function addReplicateOptions(command: Command): Command {
  return addSelectOptions(command)
    .optionsGroup('Where from:')
    .addOption(
      option(
        '--source <source>',
        '“docker” pulls and saves through Docker, as the original did: larger and slower',
      )
        .choices(['registry', 'docker'])
        .default('registry'),
    )
    .addOption(
      flag('--no-remove', 'with --source docker: leave in Docker, under its name, what was pulled'),
    )
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
    .addOption(
      flag(
        '--with-app',
        'put this application on the drive as well, to be installed from there; see app/README.txt',
      ).default(false),
    )
    .addOption(
      option(
        '--with-installers <folder>',
        'put the files of a release there as well, such as those for other systems, as its SHA256SUMS lists them',
      ),
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
