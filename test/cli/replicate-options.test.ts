import { describe, expect, test } from 'vitest'
import { eventsOf, runCli, type Finished } from '../support/cli.ts'
import { startReplicating } from './replicating.ts'

const { siteFile, output, replicate, blobRequests } = await startReplicating()
const inEnvironment = (env: NodeJS.ProcessEnv): Promise<Finished> =>
  runCli(['--site', siteFile, '--output-path', output, '--json'], {
    env: { NGC_REPLICATOR_PROJECT: 'nvidia/clara', ...env },
  })

describe('the environment', () => {
  test('sets what is set there: several in one variable, and no switch by the word false', async () => {
    const dry = await inEnvironment({
      NGC_REPLICATOR_DRY_RUN: 'true',
      NGC_REPLICATOR_EXCLUDE: '1.0 1.1',
    })
    expect(eventsOf(dry, 'plan').map(({ reference }) => reference)).toEqual([
      'nvcr.io/nvidia/clara/monai-toolkit:2.0',
      'nvcr.io/nvidia/clara/monai-toolkit:latest',
    ])
    expect(eventsOf(dry, 'done')).toMatchObject([{ saved: 0 }])
    const wet = await inEnvironment({ NGC_REPLICATOR_DRY_RUN: 'false', NGC_REPLICATOR_LATEST: '1' })
    expect(eventsOf(wet, 'done')).toMatchObject([{ saved: 1 }])
  })
})

test.each([
  [['verfy', '.'], 'Did you mean “ngc-replicator verify”?'],
  [['laod', '.'], 'Did you mean “ngc-replicator load”?'],
  [['pull', 'nvidia/pytorch:24.05-py3'], '“ngc-replicator --help” lists them'],
  [['nvidia/pytorch'], 'take the newest: --image nvidia/pytorch --latest 1'],
  // A folder alone opens the window, where there is one.
  [[import.meta.dirname, '--dry-run'], `ngc-replicator inventory ${import.meta.dirname}`],
])('what %j may have meant is said', async (args, hint) => {
  const run = await runCli(args)
  expect(run).toMatchObject({ code: 2, stdout: '' })
  expect(run.stderr).toContain(hint)
})

test('help is a command as well', async () => {
  expect((await runCli(['help', 'load'])).stdout).toContain('Usage: ngc-replicator load')
})

test.each([
  ['an unknown option', ['--nonsense']],
  ['a minimum that is no month', ['--min-version', 'new']],
  ['a platform there is not', ['--platform', 'windows/amd64']],
  ['a reference that is none', ['nvidia/PyTorch:x y']],
  ['no tag', ['nvidia/pytorch']],
  ['a registry that is none', ['--registry-url', 'not a registry']],
  ['a password for no registry', ['--registry-password', 'secret']],
  ['no tarballs and no registry', ['--no-exporter']],
  ['a list that is not there', ['--external-images', 'nowhere.yml']],
  ['files so small that they are too many', ['nvidia/pytorch:24.05-py3', '--max-file-size', '10']],
  ['a rate that is no number', ['--limit-rate', 'fast']],
])('%s is wrong use: exit code 2, a sentence, and nothing on standard output', async (_, args) => {
  const run = await replicate(args)
  expect(run).toMatchObject({ code: 2, stdout: '' })
  expect(run.stderr).toMatch(/\S/)
  expect(blobRequests()).toBeLessThan(10)
})
