import type { Command } from 'commander'
import { parseMinVersion, type Rules } from '../selection/rules.ts'
import { flag, option, repeatable } from './option.ts'
import { parseCount } from './parse.ts'

/** What narrows the catalogue down, or names images beside it. */
export interface SelectOptions {
  readonly project?: string[]
  readonly image?: string[]
  readonly strictNameMatch: boolean
  readonly minVersion?: string
  readonly pyVersion?: string
  readonly latest?: number
  readonly exclude?: string[]
  readonly platform: 'linux/amd64' | 'linux/arm64' | 'all'
  readonly externalImages?: string
  readonly list?: string
}

export function addSelectOptions(command: Command): Command {
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
}

/** Throws AppError `usage`. */
export function rulesOf(options: SelectOptions): Rules {
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
