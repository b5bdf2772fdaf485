import { Command, CommanderError, Option } from 'commander'
import { AppError } from '../api/errors.ts'
import { endHashing } from '../archive/sha256.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { cleanCommand } from './clean.ts'
import { compareCommand } from './compare.ts'
import { describeOption } from './describe-option.ts'
import { doctorCommand } from './doctor.ts'
import { refuseMistaken } from './mistaken.ts'
import { inventoryCommand, type InventoryOptions } from './inventory.ts'
import { loadCommand, type LoadOptions } from './load.ts'
import { exitCodes, more } from './help-texts.ts'
import { explain, type Output } from './output.ts'
import { collect } from './parse.ts'
import { addPushOptions, pushCommand, type PushOptions } from './push.ts'
import {
  addOutputOptions,
  addReplicateOptions,
  type ReplicateOptions,
} from './replicate-options.ts'
import { replicateCommand } from './replicate.ts'
import { sandboxCommand } from './sandbox.ts'
import { verifyCommand } from './verify.ts'

/** 0 all well, 1 something failed, 2 wrong use, 130 interrupted. */
export async function runProgram(
  args: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  let code = 0
  const program = createProgram(output, signal, (result) => {
    code = result
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (signal.aborted) {
      output.complain('Interrupted; nothing was written.')
      return 130
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof AppError) {
      for (const line of explain(error)) output.complain(line)
      if (error.code === 'cancelled') return 130
      return error.code === 'usage' ? 2 : 1
    }
    output.complain(`This should not have happened: ${explain(error).join(' ')}`)
    output.complain('Run it again with --verbose, and report what it prints.')
    return 1
  } finally {
    await endHashing()
  }
}

/** All commands and options; `done` is told the exit code of the one that ran. */
export function createProgram(
  output: Output,
  signal: AbortSignal,
  done: (code: number) => void,
): Command {
  const program = new Command('ngc-replicator')
    .description(
      'Carries NVIDIA NGC container images across an air gap: from the registry to tarballs in a folder.',
    )
    .argument(
      '[reference...]',
      'images by name (nvidia/pytorch:24.01-py3) or by their catalogue page; nothing else is selected then',
    )
    .enablePositionalOptions()
    .helpOption('-h, --help', 'print this, or what a command takes')
    .helpCommand('help [command]', 'print what a command takes')
    .version(packageJson.version, '-V, --version', 'print the version')
    .configureHelp({ optionDescription: describeOption })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text.trimEnd()),
      writeErr: (text) => output.complain(text.trimEnd()),
    })
    .addHelpText('after', more)
    .addHelpText('afterAll', exitCodes)
  addOutputOptions(addReplicateOptions(program))
  program.action(async (references: string[], options: ReplicateOptions) => {
    refuseMistaken(
      references,
      program.commands.map((command) => command.name()),
    )
    done(await replicateCommand(references, options, output, signal))
  })

  const sub = (name: string, description: string): Command =>
    program.command(name).description(description)
  program.commandsGroup('What a folder holds:')
  sub('inventory', 'list what a folder holds, offline')
    .argument('<folder>', 'with tarballs of any program; or one tarball')
    .option('--json', 'one JSON document on standard output', false)
    .option('--html', 'one page, to be kept, sent or printed', false)
    .option(
      '--driver <version>',
      'say whether this NVIDIA driver is enough for each; “here” is this machine’s',
    )
    .option('--update', 'first write load.sh, README.txt and the inventory there anew', false)
    .action(async (folder: string, options: InventoryOptions) => {
      done(await inventoryCommand(folder, options, output, signal))
    })
  sub('verify', 'read every byte back and compare it with its digest, offline')
    .argument('<path...>', 'folders, or tarballs')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (paths: string[], options: { json: boolean }) => {
      done(await verifyCommand(paths, options, output, signal))
    })
  sub('clean', 'remove what was never finished, so that it is fetched from the start')
    .argument('<folder>', 'to which images were saved')
    .option('--dry-run', 'list it, and remove nothing', false)
    .option('--json', 'one JSON document on standard output', false)
    .action(async (folder: string, options: { dryRun: boolean; json: boolean }) => {
      done(await cleanCommand(folder, options, output))
    })
  program.commandsGroup('Where images go from there:')
  sub('load', 'load tarballs into Docker, Podman or containerd on this machine, offline')
    .argument('<path...>', 'folders, tarballs, or parts of them')
    .addOption(
      new Option('--to <engine>', 'which engine; without it the first that is found').choices([
        'docker',
        'podman',
        'containerd',
      ]),
    )
    .option('--namespace <name>', 'of containerd; Kubernetes uses k8s.io', 'default')
    .addOption(
      new Option('--image <reference>', 'only tarballs that hold this image; repeatable').argParser(
        collect,
      ),
    )
    .option('--dry-run', 'say what would be loaded, and load nothing', false)
    .option('--json', 'one JSON object a line on standard output', false)
    .action(async (paths: string[], options: LoadOptions) => {
      done(await loadCommand(paths, options, output, signal))
    })
  addPushOptions(sub('push', 'push the images of folders or tarballs to a registry'))
    .argument('<path...>', 'folders, or tarballs')
    .action(async (paths: string[], options: PushOptions) => {
      done(await pushCommand(paths, options, output, signal))
    })
  sub('compare', 'list what FOUND lacks of WANTED, each a folder or a list such as missing.json')
    .argument('<wanted>', 'a folder, missing.json, or an inventory as JSON')
    .argument('<found>', 'the same')
    .option('--output <file>', 'write what is missing or differs as a list for --list')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (wanted: string, found: string, options: { output?: string; json: boolean }) => {
      done(await compareCommand(wanted, found, options, output, signal))
    })
  sub('doctor', 'tell which container engines there are, what room they have, and what ails them')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (options: { json: boolean }) => {
      done(await doctorCommand(options, output, signal))
    })
  program.commandsGroup('For practice:')
  sub('sandbox', 'serve a small NGC with sample images on this machine until interrupted')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (options: { json: boolean }) => {
      done(await sandboxCommand(options, output, signal))
    })
  return program
}
