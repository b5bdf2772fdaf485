import type { Option } from 'commander'

/** An option as `--help` and its reference tell of it: its own words, then what it may be and what it is without being given. */
export function describeOption(option: Option): string {
  const { description, argChoices, defaultValue, defaultValueDescription } = option
  const facts = [
    ...(argChoices ? [argChoices.join(', ')] : []),
    // A switch that is off tells nothing, and names of the environment follow one rule.
    ...(defaultValue === undefined || typeof defaultValue === 'boolean'
      ? []
      : [`default: ${defaultValueDescription ?? String(defaultValue)}`]),
  ]
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`
}
