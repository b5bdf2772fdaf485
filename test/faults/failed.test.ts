import { describe, expect, test } from 'vitest'
import type { CoreOptions } from '../../main/core.ts'
import type { ProxySettings } from '../../main/net/proxy.ts'
import type { Line, Misbehave } from './line.ts'
import * as does from './misbehaviours.ts'
import { expectNoSecrets, image, other, sentences, setStage } from './stage.ts'

const { foreign, plain, silentPort, closed, outcomes, said, run, right } = await setStage()

const always =
  (fault: Misbehave) =>
  (faulty: Line): void =>
    void (faulty.always = fault)

const sendTo =
  (origin: string) =>
  (faulty: Line): void => {
    faulty.redirect = ({ pathname, search }) => new URL(pathname + search, origin)
  }

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
      sendTo('http://no-such-host.invalid'),
      /The name no-such-host.invalid could not be resolved/,
      /HTTPS_PROXY/,
    ],
    ['storage host refuses', sendTo(closed.origin), /refused the connection/],
    [
      'certificate of a foreign authority',
      sendTo(foreign.url.origin),
      /certificate of \S+ cannot be trusted: .* not known here/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'no TLS handshake within the time limit',
      sendTo(`https://127.0.0.1:${silentPort}`),
      /did not answer in time/,
      /firewall/,
    ],
    [
      'no TLS where it should be',
      sendTo(`https://${plain.host}`),
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
      `${foreign.host}/team/image:1`,
      {},
      /cannot be trusted/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'proxy that refuses connections',
      'registry.test/team/image:1',
      { network: { proxy: proxyAt(closed) } },
      /^Proxy: \S+ refused the connection/,
      /HTTPS_PROXY/,
    ],
    [
      'proxy that is not resolved',
      'registry.test/team/image:1',
      { network: { proxy: proxyAt(new URL('http://no-such-proxy.invalid:3128')) } },
      /^Proxy: The name no-such-proxy.invalid:3128 could not be resolved/,
      /HTTPS_PROXY/,
    ],
    [
      'proxy that is no proxy',
      'registry.test/team/image:1',
      { network: { proxy: proxyAt(plain.url) } },
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
  ])('%s', async (fault, reference, core, sentence, hint = /\w/) => {
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

test('no key, token or signed address is in any log, error or hint', () => expectNoSecrets(said))

/** One proxy for everything but loopback. */
function proxyAt(address: URL): ProxySettings {
  return { https: address, http: address, isDirect: () => false }
}
