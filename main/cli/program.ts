import { Command, CommanderError, Option } from 'commander'
import { AppError } from '../api/errors.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { cleanCommand } from './clean.ts'
import { compareCommand } from './compare.ts'
import { doctorCommand } from './doctor.ts'
import { inventoryCommand, type InventoryOptions } from './inventory.ts'
import { loadCommand, type LoadOptions } from './load.ts'
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
  }
}

function createProgram(output: Output, signal: AbortSignal, done: (code: number) => void): Command {
  const program = new Command('ngc-replicator')
    .description(
      'Carries NVIDIA NGC container images across an air gap: from the registry to tarballs in a folder.',
    )
    .version(packageJson.version)
    .argument(
      '[reference...]',
      'images by name (nvidia/pytorch:24.01-py3) or by their catalogue page; nothing else is selected then',
    )
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text.trimEnd()),
      writeErr: (text) => output.complain(text.trimEnd()),
    })
    .addHelpText('after', EXAMPLES)
  addOutputOptions(addReplicateOptions(program))
  program.action(async (references: string[], options: ReplicateOptions) => {
    done(await replicateCommand(references, options, output, signal))
  })

  const sub = (name: string, description: string): Command =>
    program.command(name).description(description)
  sub('inventory', 'what a folder holds, offline')
    .argument('<folder>')
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
  sub('verify', 'read every byte of a folder or of files back')
    .argument('<path...>', 'a folder, or tarballs')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (paths: string[], options: { json: boolean }) => {
      done(await verifyCommand(paths, options, output, signal))
    })
  sub('load', 'hand tarballs to Docker, Podman or containerd on this machine')
    .argument('<path...>', 'folders, tarballs, or parts of them')
    .addOption(
      new Option('--to <engine>', 'the first that is found, when it is left out').choices([
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
  sub('doctor', 'which container engines there are, and what to do where one cannot be used')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (options: { json: boolean }) => {
      done(await doctorCommand(options, output, signal))
    })
  addPushOptions(sub('push', 'push the images of a folder or of tarballs to a registry, offline'))
    .argument('<path...>', 'folders, or tarballs')
    .action(async (paths: string[], options: PushOptions) => {
      done(await pushCommand(paths, options, output, signal))
    })
  sub(
    'compare',
    'what FOUND lacks of WANTED, each a folder or a list (missing.json, inventory.json)',
  )
    .argument('<wanted>')
    .argument('<found>')
    .option('--output <file>', 'write what is missing or differs as a list for --list')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (wanted: string, found: string, options: { output?: string; json: boolean }) => {
      done(await compareCommand(wanted, found, options, output, signal))
    })
  sub('clean', 'remove what was never finished in a folder, so that it is fetched from the start')
    .argument('<folder>')
    .option('--dry-run', 'only list it', false)
    .option('--json', 'one JSON document on standard output', false)
    .action(async (folder: string, options: { dryRun: boolean; json: boolean }) => {
      done(await cleanCommand(folder, options, output))
    })
  sub('sandbox', 'serve a small NGC with sample images on this machine until interrupted')
    .option('--json', 'one JSON document on standard output', false)
    .action(async (options: { json: boolean }) => {
      done(await sandboxCommand(options, output, signal))
    })
  return program
}

const EXAMPLES = `
Examples:
  ngc-replicator nvidia/pytorch:24.01-py3 --output-path /media/stick
  ngc-replicator --image tensorrt --image pytorch --min-version 24.01 --latest 3 --dry-run
  ngc-replicator inventory /media/stick
  ngc-replicator verify /media/stick
  ngc-replicator load /media/stick --image pytorch:24.01-py3
  ngc-replicator compare /media/ours /media/theirs --output missing.json
  ngc-replicator --list missing.json --output-path /media/stick
  ngc-replicator push /media/stick --to registry.example:5000/ngc
  ngc-replicator clean /media/stick --dry-run

Every option can be set in the environment: --min-version as NGC_REPLICATOR_MIN_VERSION, the key as NGC_REPLICATOR_API_KEY.
Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY; further certificate authorities from NODE_EXTRA_CA_CERTS.

Exit codes: 0 all well, 1 something failed, 2 wrong use, 130 interrupted.`
