import type { Argument, Command, Option } from 'commander'
import { describeOption } from '../../main/cli/describe-option.ts'

/** Every command with its arguments and options as markdown, from what `--help` is made of. */
export function referenceOf(program: Command): string {
  return [program, ...program.commands].map((command) => chapter(command)).join('\n')
}

function chapter(command: Command): string {
  const { parent, registeredArguments: taken } = command
  const name = parent ? `${parent.name()} ${command.name()}` : command.name()
  const described = taken.filter(({ description }) => description !== '')
  const options = command.options.filter(({ hidden }) => !hidden)
  const groups = [...new Set(options.map((option) => headingOf(option)))]
  return [
    `## ${name}\n\n\`${usageOf(command)}\`\n\n${sentence(command.description())}\n`,
    ...(described.length === 0
      ? []
      : [
          table(
            'argument',
            described.map((one) => [termOf(one), one.description]),
          ),
        ]),
    ...groups.map((heading) => {
      const rows = options.filter((option) => headingOf(option) === heading)
      return table(
        heading,
        rows.map((option) => [option.flags, describeOption(option)]),
      )
    }),
  ].join('\n')
}

function termOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

export function headingOf({ helpGroupHeading }: Option): string {
  return helpGroupHeading?.replace(/:$/, '').toLowerCase() ?? 'option'
}

function table(heading: string, rows: readonly (readonly [term: string, what: string])[]): string {
  const lines = rows.map(
    ([term, what]) =>
      `| \`${term}\` | ${what.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;')} |`,
  )
  return `| ${heading} | |\n|---|---|\n${lines.join('\n')}\n`
}

export function usageOf(command: Command): string {
  const { parent, registeredArguments: taken } = command
  const name = parent ? `${parent.name()} ${command.name()}` : command.name()
  return [name, '[option…]', ...taken.map((one) => termOf(one))].join(' ')
}

export function sentence(text: string): string {
  return `${capitalized(text).replace(/\.$/, '')}.`
}

export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
