import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, expect } from 'vitest'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { makeCertificates } from '../support/certificates.ts'
import { serve } from '../support/server.ts'
import { copy, type CopyOptions, type Ended } from './copy.ts'
import { startLine, victim, type Line } from './line.ts'
import { outcomeTable, type Outcome } from './outcomes.ts'

export const image = `nvcr.io/${victim}:24.05-py3`
export const other = 'nvcr.io/nvidia/clara/monai-toolkit:1.0'

/** The line that misbehaves in the tests of one file, and hosts it may lead to; tells at the end how each fault ended. */
export async function setStage() {
  const sandbox = await startSandbox()
  const line = await startLine(sandbox)
  const { server } = await makeCertificates()
  /** Speaks TLS with a certificate that nobody here trusts. */
  const foreign = await serve((_request, response) => response.end(), server)
  const plain = await serve((_request, response) => response.end())
  /** Accepts connections and says nothing. */
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  /** Refuses connections. */
  const closed = await serve(() => undefined)
  await closed.close()

  const outcomes: Outcome[] = []
  /** All that anybody could have read: log, errors, hints. */
  const said: string[] = []

  /** Copies both images, with a key. */
  const run = (
    misbehave: (faulty: Line) => void = () => undefined,
    given: Partial<CopyOptions> = {},
  ): Promise<Ended> =>
    copy({ line, named: [image, other], key: sandboxKeys.personal, said, ...given }, misbehave)

  afterAll(async () => {
    silent.close()
    await Promise.all([sandbox, line, foreign, plain].map((each) => each.close()))
    console.log(`\n${outcomeTable(outcomes)}\n`)
  })

  const { saved: right, failed } = await run()
  expect([right.size, failed.size]).toEqual([2, 0])
  return {
    sandbox,
    line,
    foreign,
    plain,
    silentPort: (silent.address() as AddressInfo).port,
    closed: closed.url,
    outcomes,
    said,
    run,
    /** Digests of what an undisturbed run saves. */
    right,
  }
}

export function sentences(failed: Ended['failed']): string {
  return [...failed].map(([name, { message }]) => `${name}: ${message}`).join('; ')
}

export function expectNoSecrets(said: readonly string[]): void {
  const all = said.join('\n')
  expect(all.length).toBeGreaterThan(5000)
  for (const key of Object.values(sandboxKeys)) expect(all).not.toContain(key)
  expect(all).not.toMatch(/X-Signature|X-Expires|Bearer |Basic /)
}
