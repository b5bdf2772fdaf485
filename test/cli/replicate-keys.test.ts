import { spawnSync, type ChildProcess } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { eventsOf, runCli } from '../support/cli.ts'
import { oneImage, startReplicating } from './replicating.ts'

const { sandbox, siteFile, output, replicate, blobRequests } = await startReplicating()

describe('keys', () => {
  test('never show: not in output, state, or the list of processes, and the blob host sees none', async () => {
    const key = sandboxKeys.personal
    let processes = ''
    const run = await runCli(
      ['--site', siteFile, '--output-path', output, '--project', 'acme', '--verbose'],
      {
        env: { NGC_REPLICATOR_API_KEY: key },
        started: (child) => watchArguments(child, (seen) => (processes += seen)),
      },
    )
    expect(run.code).toBe(0)
    const files = await Promise.all(
      (await readdir(output)).map((file) => readFile(join(output, file), 'latin1')),
    )
    expect(processes).toContain('ngc-replicator')
    for (const text of [run.stdout, run.stderr, processes, ...files]) {
      expect(text).not.toContain(key)
      expect(text).not.toMatch(/signature=/i)
    }
    expect(blobRequests()).toBeGreaterThan(0)
    const told = sandbox.requests
      .all({ role: 'blobs' })
      .filter(({ hadAuthorization }) => hadAuthorization)
    expect(told).toEqual([])
  })

  test('given as an argument leave the list of processes once the program runs', async () => {
    const seen: string[] = []
    await replicate(['--project', 'acme', '--api-key', sandboxKeys.personal, '--dry-run'], {
      started: (child) => watchArguments(child, (line) => void seen.push(line)),
    })
    const renamed = seen.findIndex((line) => line.startsWith('ngc-replicator'))
    expect(renamed).toBeGreaterThanOrEqual(0)
    expect(seen.slice(renamed).join('')).not.toContain('nvapi-')
  })

  test.each(['personal', 'legacy'] as const)(
    'a %s key from standard input opens private repositories',
    async (name) => {
      const run = await replicate(
        ['--project', 'acme', '--image', 'inspection', '--latest', '1', '--api-key', '-'],
        {
          input: `${sandboxKeys[name]}\n`,
        },
      )
      expect(eventsOf(run, 'image')).toMatchObject([
        { reference: 'nvcr.io/acme/inspection:2024.2', state: 'saved' },
      ])
    },
  )

  test('from the environment work, a DGX key too', async () => {
    const run = await replicate(['--image', 'pytorch', '--latest', '1'], {
      env: { NGC_REPLICATOR_API_KEY: sandboxKeys.dgx },
    })
    expect(run.code).toBe(0)
    expect(eventsOf(run, 'image')).toMatchObject([{ state: 'saved' }])
    expect(sandbox.requests.all({ role: 'dgx' }).length).toBeGreaterThan(0)
    expect(sandbox.requests.all({ role: 'catalog' })).toEqual([])
  })

  test('that are wrong are a sentence', async () => {
    const run = await replicate(['--project', 'acme'], {
      env: { NGC_REPLICATOR_API_KEY: 'nvapi-wrong-key' },
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/key/i)
    expect(run.stderr + run.stdout).not.toContain('nvapi-wrong-key')
  })
})

test('a key that is worse than none is passed over for public images, and the plan says so', async () => {
  const run = await replicate(oneImage, { env: { NGC_REPLICATOR_API_KEY: sandboxKeys.narrow } })
  expect(run.code).toBe(0)
  expect(eventsOf(run, 'plan')).toMatchObject([{ notes: [expect.stringContaining('as guest')] }])
})

/** What the list of processes shows of a command, again and again while it runs. */
function watchArguments(child: ChildProcess, see: (line: string) => void): void {
  const timer = setInterval(() => {
    const shown = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(child.pid)])
    see(shown.stdout.toString())
  }, 100)
  child.once('exit', () => clearInterval(timer))
}
