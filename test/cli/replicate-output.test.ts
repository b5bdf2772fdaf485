import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import { oneImage, startReplicating } from './replicating.ts'

const { siteFile, output, replicate } = await startReplicating()

test('the seed’s progress page is told every step', async () => {
  const posts: {
    percent: number
    steps: { status: string; header: string; subHeader: string }[]
  }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      posts.push(JSON.parse(body) as (typeof posts)[number])
      response.end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const run = await replicate([...oneImage, '--progress-uri', `http://127.0.0.1:${port}/progress`])
  server.close()
  expect(run.code).toBe(0)
  expect(posts[0]).toMatchObject({ percent: -2, steps: [{ status: 'running' }] })
  expect(posts.at(-1)).toMatchObject({
    percent: -1,
    steps: [
      { status: 'complete' },
      { status: 'complete', header: expect.stringContaining('nvidia/pytorch:24.05-py3') },
    ],
  })
})

test('without --json people read lines, and a pipe gets no control characters', async () => {
  const run = await runCli(['--site', siteFile, '--output-path', output, ...oneImage])
  expect(run.stdout).toMatch(/Plan: 1 image, 1 to save, 0 present\./)
  expect(run.stdout).toMatch(/Done: 1 saved/)
  expect(run.stdout).not.toMatch(/[^\P{Cc}\n]/u)
})

test.each([
  ['of results', ''],
  ['of everything', '--verbose 2>&1'],
])('a reader %s that goes away does not stop what was begun', async (_, more) => {
  const program = [...oneImage, '--site', siteFile, '--output-path', output].join(' ')
  const cli = join(import.meta.dirname, '..', '..', 'main', 'cli.ts')
  const piped = `set -o pipefail; "${process.execPath}" "${cli}" ${program} ${more} | head -1`
  await promisify(execFile)('bash', ['-c', piped])
  expect((await runCli(['verify', output])).code).toBe(0)
})
