import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppError } from '../../main/api/errors.ts'
import type { CoreOptions } from '../../main/core.ts'
import type { ProxySettings } from '../../main/net/proxy.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { makeCertificates } from '../support/certificates.ts'
import { serve, type TestServer } from '../support/server.ts'
import { copy, type CopyOptions, type Ended } from './copy.ts'
import { startLine, victim, type Line, type Misbehave } from './line.ts'
import * as does from './misbehaviours.ts'
import { outcomeTable, type Outcome } from './outcomes.ts'

const image = `nvcr.io/${victim}:24.05-py3`
const other = 'nvcr.io/nvidia/clara/monai-toolkit:1.0'
let sandbox: Sandbox
let line: Line
/** Speaks TLS with a certificate that nobody here trusts. */
let foreign: TestServer
let plain: TestServer
/** Accepts connections and says nothing. */
let silent: Server
/** Refuses connections. */
let closed: URL
/** Digests of what an undisturbed run saves. */
let right: ReadonlyMap<string, string>
const outcomes: Outcome[] = []
/** All that anybody could have read: log, errors, hints. */
const said: string[] = []

beforeAll(async () => {
  sandbox = await startSandbox()
  line = await startLine(sandbox)
  const { server } = await makeCertificates()
  foreign = await serve((_request, response) => response.end(), server)
  plain = await serve((_request, response) => response.end())
  silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const gone = await serve(() => undefined)
  await gone.close()
  closed = gone.url
  const { saved, failed } = await run()
  expect([saved.size, failed.size]).toEqual([2, 0])
  right = saved
})
afterAll(async () => {
  silent.close()
  await Promise.all([sandbox, line, foreign, plain].map((each) => each?.close()))
  console.log(`\n${outcomeTable(outcomes)}\n`)
})

/** Copies both images, with a key. */
const run = (
  misbehave: (faulty: Line) => void = () => undefined,
  given: Partial<CopyOptions> = {},
): Promise<Ended> =>
  copy({ line, named: [image, other], key: sandboxKeys.personal, said, ...given }, misbehave)

const inOrder =
  (...faults: Misbehave[]) =>
  (faulty: Line): void =>
    void faulty.next.push(...faults)

const always =
  (fault: Misbehave) =>
  (faulty: Line): void =>
    void (faulty.always = fault)

const sendTo =
  (origin: () => string) =>
  (faulty: Line): void => {
    faulty.redirect = ({ pathname, search }) => new URL(pathname + search, origin())
  }

describe('recovered, with the right digest', () => {
  const recoverable: [string, (faulty: Line) => void, number][] = [
    ['connection reset before an answer, 3 times', inOrder(...times(3, does.refuseToTalk)), 1.02],
    ['connection reset in mid-body', inOrder(does.reset), 1.02],
    ['20 resets in mid-body', inOrder(...times(20, does.reset)), 1.02],
    ['truncated body', inOrder(does.truncate), 1.02],
    ['body that ends early without saying so', inOrder(does.endEarly), 1.02],
    ['no answer within the time limit', inOrder(does.staySilent), 1.02],
    ['stalled body', inOrder(does.stall), 1.02],
    ['trickling body', inOrder(does.trickle), 1.02],
    ['wrong length, once', inOrder(does.tellWrongLength), 1.5],
    ['200 for a range', inOrder(does.truncate, does.answerWhole), 1.5],
    ['wrong Content-Range', inOrder(does.truncate, does.shiftRange), 1.5],
    ['no Content-Range', inOrder(does.truncate, does.omitRange), 1.5],
    ['416 for a range', inOrder(does.truncate, does.answer(416)), 1.5],
    ['a wrong byte, once', inOrder(does.flip), 2.5],
    ['expired signed address in mid-blob', inOrder(does.truncate, does.answer(403)), 1.02],
    ['expired token, challenged with the stale realm', (it) => (it.staleTokens = 3), 1.02],
    [
      '429 storm with Retry-After',
      inOrder(...times(5, does.answer(429, { 'retry-after': '0' }))),
      1.02,
    ],
    ['500, 502, 503, 504', inOrder(...[500, 502, 503, 504].map((code) => does.answer(code))), 1.02],
    [
      'storage host not resolved, once',
      (it) => redirectOnce(it, 'http://no-such-host.invalid'),
      1.02,
    ],
    ['storage host refuses, once', (it) => redirectOnce(it, closed.origin), 1.02],
  ]

  test.each(recoverable)('%s', async (fault, misbehave, mostRatio) => {
    const { saved, failed, ratio } = await run(misbehave, { core: { connections: 1 } })
    const isRecovered = failed.size === 0
    outcomes.push({ fault, ratio, outcome: isRecovered ? 'recovered' : sentences(failed) })
    expect(sentences(failed)).toBe('')
    expect(saved).toEqual(right)
    expect(line.next).toEqual([])
    expect(ratio).toBeLessThan(mostRatio)
  })

  test.each(recoverable)('%s, with many connections', async (_fault, misbehave) => {
    const { saved, failed } = await run(misbehave, { core: { connections: 16 } })
    expect(sentences(failed)).toBe('')
    expect(saved).toEqual(right)
  })

  test('a key that is worse than none falls back to guest, and the plan says so', async () => {
    const { saved, notes, ratio } = await run(undefined, { key: sandboxKeys.narrow })
    expect(saved).toEqual(right)
    expect(notes.join()).toContain('fetched as guest')
    outcomes.push({ fault: '403 with a key, not without', ratio, outcome: 'recovered, as guest' })
  })

  test('a storm of 429 and a manifest changed on the way hold up the plan, and no more', async () => {
    const limited = { kind: 'status', status: 429, retryAfterSeconds: 0 } as const
    for (const role of ['registry', 'auth'] as const)
      sandbox.faults.add({ role, times: 3, does: limited })
    sandbox.faults.add({
      role: 'registry',
      path: '/manifests/',
      does: { kind: 'flip', atByte: 40 },
    })
    const { saved, ratio } = await run()
    sandbox.faults.clear()
    expect(saved).toEqual(right)
    outcomes.push({ fault: '429 and a wrong byte while planning', ratio, outcome: 'recovered' })
  })
})

describe('failed alone, by name', () => {
  test.each<[string, (faulty: Line) => void, RegExp, RegExp?]>([
    ['connection always reset', always(does.refuseToTalk), /^The connection to \S+ broke\.$/],
    ['never an answer', always(does.staySilent), /^\S+ did not answer in time\.$/],
    [
      'always a wrong byte',
      always(does.flip),
      /^nvcr.io\/nvidia\/pytorch: the bytes of sha256:\S+ are not/,
      /Try again/,
    ],
    [
      'always the wrong length',
      always(does.tellWrongLength),
      /has \d+ bytes where \d+ were published/,
      /Try again/,
    ],
    ['recompressed on the way', always(does.recompress), /recompresses what it sends/],
    [
      'signed addresses always refused',
      always(does.answer(403)),
      /refuses the address that the registry gave/,
      /firewall/,
    ],
    ['429 for ever', always(does.answer(429)), /limits how often it can be asked/, /fewer jobs/],
    ['503 for ever', always(does.answer(503)), /has a problem of its own \(503\)/, /few minutes/],
    ['layer not there', always(does.answer(404)), /^nvcr.io has no nvidia\/pytorch@sha256:/],
    [
      '451, another region',
      always(does.answer(451)),
      /does not offer nvidia\/pytorch in this region/,
    ],
    [
      'storage host not resolved',
      sendTo(() => 'http://no-such-host.invalid'),
      /The name no-such-host.invalid could not be resolved/,
      /HTTPS_PROXY/,
    ],
    ['storage host refuses', sendTo(() => closed.origin), /refused the connection/],
    [
      'certificate of a foreign authority',
      sendTo(() => foreign.url.origin),
      /certificate of \S+ cannot be trusted: .* not known here/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'no TLS handshake within the time limit',
      sendTo(() => `https://127.0.0.1:${portOf(silent)}`),
      /did not answer in time/,
      /firewall/,
    ],
    [
      'no TLS where it should be',
      sendTo(() => `https://${plain.host}`),
      /does not speak HTTPS/,
      /the port/,
    ],
    [
      'redirects in circles',
      (it) => (it.redirect = ({ pathname }) => new URL(`/v2${pathname}`, it.site.registry)),
      /redirects in circles/,
    ],
  ])('%s', async (fault, misbehave, sentence, hint = /\w/) => {
    const { saved, failed, left, ratio } = await run(misbehave)
    outcomes.push({ fault, ratio, outcome: sentences(failed) })
    expect([...failed.keys()]).toEqual([image])
    expect(failed.get(image)?.message).toMatch(sentence)
    expect(failed.get(image)?.hint ?? '').toMatch(hint)
    expect(saved).toEqual(new Map([...right].filter(([name]) => name === other)))
    const finished = left.filter((file) => !/\.(?:partial|journal)$/.test(file))
    expect(finished.filter((file) => file.includes('pytorch'))).toEqual([])
  })

  test.each<[string, string, Partial<CoreOptions>, RegExp, RegExp?]>([
    [
      'registry not resolved',
      'no-such-registry.invalid/team/image:1',
      {},
      /The name no-such-registry.invalid could not be resolved/,
    ],
    [
      'registry with a foreign certificate',
      'FOREIGN/team/image:1',
      {},
      /cannot be trusted/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'proxy that refuses connections',
      'registry.test/team/image:1',
      { network: { proxy: proxyAt(() => closed) } },
      /^Proxy: \S+ refused the connection/,
      /HTTPS_PROXY/,
    ],
    [
      'proxy that is not resolved',
      'registry.test/team/image:1',
      { network: { proxy: proxyAt(() => new URL('http://no-such-proxy.invalid:3128')) } },
      /^Proxy: The name no-such-proxy.invalid:3128 could not be resolved/,
      /HTTPS_PROXY/,
    ],
    [
      'proxy that is no proxy',
      'registry.test/team/image:1',
      { network: { proxy: proxyAt(() => plain.url) } },
      /^The proxy broke off on the way to registry.test/,
      /CONNECT/,
    ],
    [
      'private image without a key',
      'nvcr.io/acme/inspection:2024.1',
      {},
      /does not let a guest pull acme\/inspection/,
      /key may be needed/,
    ],
  ])('%s', async (fault, named, core, sentence, hint = /\w/) => {
    const reference = named.replace('FOREIGN', foreign.host)
    const { saved, failed } = await run(undefined, {
      named: [reference, other],
      key: undefined,
      core,
    })
    outcomes.push({ fault, outcome: sentences(failed) })
    expect([...failed.keys()]).toEqual([reference])
    expect(failed.get(reference)?.message).toMatch(sentence)
    expect(failed.get(reference)?.hint ?? '').toMatch(hint)
    expect([...saved.keys()]).toEqual([other])
  })
})

test('no key, token or signed address is in any log, error or hint', () => {
  const all = said.join('\n')
  expect(all.length).toBeGreaterThan(10_000)
  for (const key of Object.values(sandboxKeys)) expect(all).not.toContain(key)
  expect(all).not.toMatch(/X-Signature|X-Expires|Bearer |Basic /)
})

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value)
}

function sentences(failed: ReadonlyMap<string, AppError>): string {
  return [...failed].map(([name, { message }]) => `${name}: ${message}`).join('; ')
}

function redirectOnce(faulty: Line, origin: string): void {
  faulty.redirect = ({ pathname, search }) => {
    faulty.redirect = (address) => address
    return new URL(pathname + search, origin)
  }
}

/** One proxy for everything but loopback; it is known only once the servers are up. */
function proxyAt(address: () => URL): ProxySettings {
  return {
    get https() {
      return address()
    },
    get http() {
      return address()
    },
    isDirect: () => false,
  }
}
