import { Option } from 'commander'
import { collect } from './parse.ts'

/** An option that can also be set in the environment, as the seed's could: `--min-version` as `NGC_REPLICATOR_MIN_VERSION`. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description)
  return made.env(environmentName(made))
}

/** Takes no value: in the environment only what says yes sets it, `NGC_REPLICATOR_DRY_RUN=false` does not. */
export function flag(flags: string, description: string): Option {
  const made = new Option(flags, description)
  const name = environmentName(made)
  return /^(?:1|t|true|y|yes|on)$/i.test(process.env[name] ?? '') ? made.env(name) : made
}

export function repeatable(flags: string, description: string): Option {
  return option(flags, description).argParser(collect)
}

function environmentName(made: Option): string {
  return `NGC_REPLICATOR_${made.name().replaceAll('-', '_').toUpperCase()}`
}
