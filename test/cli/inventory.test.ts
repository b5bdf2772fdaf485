import { expect, test } from 'vitest'
import { practiceReference } from '../support/made-tarball.ts'
import { explainedDrive } from '../support/explained-drive.ts'
import { runCli } from '../support/cli.ts'

test('a folder prints as lines, as JSON and as a page, and knows what is its own', async () => {
  const folder = await explainedDrive([{ reference: practiceReference }])
  const lines = await runCli(['inventory', folder])
  expect(lines.stdout).toContain(practiceReference)
  expect(lines.stdout).toMatch(/: 1 image, \d/)
  const json = await runCli(['inventory', folder, '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({ images: [{ status: 'complete' }], problems: [] })
  const page = await runCli(['inventory', folder, '--html'])
  expect(page.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/)
  expect(page.stdout).toContain(practiceReference)
  expect(page.stdout).not.toMatch(/<script|https?:/)
})
