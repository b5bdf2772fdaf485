import { expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import { temporaryFolder } from '../support/made-tarball.ts'

// What the packaged program does otherwise: test/package asks for that.

test('what runs from its source says how an application is put on the drive', async () => {
  const drive = await temporaryFolder()
  const run = await runCli(['nvidia/pytorch:24.05-py3', '--output-path', drive, '--with-app'])
  expect(run).toMatchObject({ code: 2, stdout: '' })
  expect(run.stderr).toContain('--with-installers FOLDER')
})
