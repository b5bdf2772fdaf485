import type { Command, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { describeOption } from '../../main/cli/describe-option.ts'
import { environment, examples, exitCodes, remarks } from '../../main/cli/help-texts.ts'
import { capitalized, headingOf, sentence, usageOf } from './reference.ts'

/** The manual page of all commands, man(7), from what `--help` is made of. */
export function manPageOf(program: Command): string {
  const name = program.name()
  const commands = program.commands.map((command) => [
    `.SS ${plain(usageOf(command))}`,
    plain(sentence(command.description())),
    ...optionsOf(command),
  ])
  return [
    `.TH ${plain(name.toUpperCase())} 1 "" "${name} ${packageJson.version}"`,
    '.SH NAME',
    `${plain(name)} \\- ${plain(packageJson.description.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...[program, ...program.commands]
      .flatMap((command) => [plain(usageOf(command)), '.br'])
      .slice(0, -1),
    '.SH DESCRIPTION',
    plain(sentence(program.description())),
    ...paragraphs(remarks),
    'Without arguments, or with a folder alone, and where there is a display, it opens its window.',
    '.SH OPTIONS',
    ...optionsOf(program),
    '.SH COMMANDS',
    ...commands.flat(),
    '.SH ENVIRONMENT',
    ...paragraphs(environment),
    '.SH EXIT STATUS',
    plain(exitCodes.trim()),
    '.SH EXAMPLES',
    '.EX',
    ...examples.split('\n').map((line) => plain(line.trim())),
    '.EE',
    '',
  ].join('\n')
}

function optionsOf(command: Command): string[] {
  let last = 'option'
  return command.options
    .filter(({ hidden }) => !hidden)
    .flatMap((option) => {
      const heading = headingOf(option)
      const chapter = heading === last ? [] : [`.SS ${plain(capitalized(heading))}`]
      last = heading
      return [...chapter, ...entry(option)]
    })
}

function entry(option: Option): string[] {
  return ['.TP', `.B ${plain(option.flags)}`, plain(describeOption(option))]
}

/** Lines that flow; one that begins with a variable begins a paragraph. */
function paragraphs(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const flowing = plain(line.trim())
    return /^[A-Z_]+[,:]/.test(flowing) ? ['.PP', flowing] : [flowing]
  })
}

/** Text as roff takes it: no escape, no request, and dashes that can be copied. */
function plain(text: string): string {
  const escaped = text.replaceAll('\\', String.raw`\e`).replaceAll('-', String.raw`\-`)
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped
}
