import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../main/api/errors.ts'
import { createCore, type Core, type CoreOptions } from '../../main/core.ts'
import { noProxies, type ProxySettings } from '../../main/net/proxy.ts'
import { parseKey } from '../../main/ngc/key.ts'
import { formatReference } from '../../main/registry/reference.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { makeCertificates } from '../support/certificates.ts'
import { serve, type TestServer } from '../support/server.ts'
import { startLine, victim, type Line, type Misbehave } from './line.ts'
import * as does from './misbehaviours.ts'
import { outcomeTable, type Outcome } from './outcomes.ts'

const image = `nvcr.io/${victim}:24.05-py3`
const other = 'nvcr.io/nvidia/clara/monai-toolkit:1.0'
/** Far shorter than in earnest, so that nobody waits; long enough for a busy machine. */
const timing = {
  attempts: 3,
  firstDelayMs: 1,
  longestDelayMs: 10,
  connectTimeoutMs: 2000,
  headersTimeoutMs: 500,
  idleTimeoutMs: 500,
  totalTimeoutMs: 3000,
}

let sandbox: Sandbox
let line: Line
/** Speaks TLS with a certificate that nobody here trusts. */
let foreign: TestServer
let plain: TestServer
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
  const gone = await serve(() => undefined)
  await gone.close()
  closed = gone.url
  const { saved, failed } = await run()
  expect([saved.size, failed.size]).toEqual([2, 0])
  right = saved
})
afterAll(async () => {
  await Promise.all([sandbox, line, foreign, plain].map((each) => each?.close()))
  console.log(`\n${outcomeTable(outcomes)}\n`)
})

interface Ended {
  /** SHA-256 of each tarball by its reference. */
  readonly saved: ReadonlyMap<string, string>
  readonly failed: ReadonlyMap<string, AppError>
  readonly left: readonly string[]
  readonly ratio: number
  readonly notes: readonly string[]
}

/** Copies both images while the line misbehaves, from the moment that the plan is made. */
async function run(
  misbehave: (faulty: Line) => void = () => undefined,
  given: { named?: string[]; key?: string | undefined; core?: Partial<CoreOptions> } = {},
): Promise<Ended> {
  line.mend()
  const folder = await mkdtemp(join(tmpdir(), 'faults-'))
  const core = await createCore({
    site: line.site,
    key: parseKey('key' in given ? given.key : sandboxKeys.personal),
    connections: 4,
    network: { proxy: noProxies },
    timing,
    log: (text) => said.push(text),
    waiting: (text) => said.push(text),
    ...given.core,
  })
  try {
    return await copy(core, folder, given.named ?? [image, other], () => misbehave(line))
  } finally {
    await core.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function copy(
  core: Core,
  folder: string,
  named: readonly string[],
  misbehave: () => void,
): Promise<Ended> {
  const rules = { projects: [], images: [], strictNameMatch: false, exclude: [] }
  const request = { named, rules, external: [], platform: 'linux/amd64', folder }
  const prepared = await core.plan(request)
  const { plan } = prepared
  const saved = new Map<string, string>()
  const failed = new Map<string, AppError>()
  const fail = (name: string, error: unknown): void => {
    if (!(error instanceof AppError)) throw error
    failed.set(name, error)
    said.push(error.message, error.hint ?? '', String(error.stack), JSON.stringify(error))
  }
  for (const { subject, error } of plan.failures) fail(subject, error)
  const files = new Map<string, string>()
  const before = line.sentBytes()
  misbehave()
  await core.replicate(
    prepared,
    { jobs: 2 },
    {
      saved: ({ reference }, [file]) => files.set(formatReference(reference), file?.name ?? ''),
      failed: ({ reference }, error) => fail(formatReference(reference), error),
    },
    new AbortController().signal,
  )
  const ratio = (line.sentBytes() - before) / plan.fetchBytes
  for (const [name, file] of files) {
    const bytes = await readFile(join(folder, file))
    saved.set(name, createHash('sha256').update(bytes).digest('hex'))
  }
  const left = (await readdir(folder)).filter((file) => file.includes('.tar'))
  return { saved, failed, left, ratio, notes: plan.images.flatMap(({ notes }) => notes) }
}

const once =
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
  test.each<[string, (faulty: Line) => void, number]>([
    ['connection reset before an answer, 3 times', once(...times(3, does.refuseToTalk)), 1.02],
    ['connection reset in mid-body', once(does.reset), 1.02],
    ['20 resets in mid-body', once(...times(20, does.reset)), 1.02],
    ['truncated body', once(does.truncate), 1.02],
    ['body that ends early without saying so', once(does.endEarly), 1.02],
    ['no answer within the time limit', once(does.staySilent), 1.02],
    ['stalled body', once(does.stall), 1.02],
    ['wrong length, once', once(does.tellWrongLength), 1.5],
    ['200 for a range', once(does.truncate, does.answerWhole), 1.5],
    ['wrong Content-Range', once(does.truncate, does.shiftRange), 1.5],
    ['no Content-Range', once(does.truncate, does.omitRange), 1.5],
    ['416 for a range', once(does.truncate, does.answer(416)), 1.5],
    ['a wrong byte, once', once(does.flip), 2.5],
    ['expired signed address in mid-blob', once(does.truncate, does.answer(403)), 1.02],
    ['expired token, challenged with the stale realm', (it) => (it.staleTokens = 3), 1.02],
    [
      '429 storm with Retry-After',
      once(...times(5, does.answer(429, { 'retry-after': '0' }))),
      1.02,
    ],
    ['500, 502, 503, 504', once(...[500, 502, 503, 504].map((code) => does.answer(code))), 1.02],
    [
      'storage host not resolved, once',
      (it) => redirectOnce(it, 'http://no-such-host.invalid'),
      1.02,
    ],
    ['storage host refuses, once', (it) => redirectOnce(it, closed.origin), 1.02],
  ])('%s', async (fault, misbehave, mostRatio) => {
    const { saved, failed, ratio } = await run(misbehave)
    const isRecovered = failed.size === 0
    outcomes.push({ fault, ratio, outcome: isRecovered ? 'recovered' : sentences(failed) })
    expect(sentences(failed)).toBe('')
    expect(saved).toEqual(right)
    expect(line.next).toEqual([])
    expect(ratio).toBeLessThan(mostRatio)
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
  ])('%s', async (fault, misbehave, sentence, hint = /^/) => {
    const { saved, failed, left, ratio } = await run(misbehave)
    outcomes.push({ fault, ratio, outcome: sentences(failed) })
    expect([...failed.keys()]).toEqual([image])
    expect(failed.get(image)?.message).toMatch(sentence)
    expect(failed.get(image)?.hint ?? '').toMatch(hint)
    expect(saved).toEqual(new Map([...right].filter(([name]) => name === other)))
    expect(left.filter((file) => file.includes('pytorch') && !file.includes('.partial'))).toEqual(
      [],
    )
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
  ])('%s', async (fault, named, core, sentence, hint = /^/) => {
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
