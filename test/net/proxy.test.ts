import { expect, test } from 'vitest'
import { oneProxy, proxiesFrom, proxyAuthorization, proxyFor } from '../../main/net/proxy.ts'

const chosen = (environment: Record<string, string>, url: string): string | undefined =>
  proxyFor(new URL(url), proxiesFrom(environment))?.host

test('each kind of address has its own proxy, lower case first', () => {
  const environment = {
    HTTPS_PROXY: 'http://secure:1',
    HTTP_PROXY: 'http://upper:2',
    http_proxy: 'lower:3',
  }
  expect(chosen(environment, 'https://nvcr.io/v2/')).toBe('secure:1')
  expect(chosen(environment, 'http://nvcr.io/v2/')).toBe('lower:3')
  expect(chosen({ HTTP_PROXY: 'http://upper:2' }, 'https://nvcr.io')).toBeUndefined()
})

test.each([
  ['nvcr.io', 'https://nvcr.io', true],
  ['nvcr.io', 'https://layers.nvcr.io', true],
  ['.nvcr.io', 'https://layers.nvcr.io', true],
  ['*.nvcr.io', 'https://layers.nvcr.io', true],
  ['nvcr.io', 'https://notnvcr.io', false],
  ['NVCR.IO', 'https://nvcr.io', true],
  ['nvcr.io:443', 'https://nvcr.io', true],
  ['nvcr.io:8443', 'https://nvcr.io', false],
  ['10.0.0.0/8', 'https://10.1.2.3:5000', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['fd00::/8', 'https://[fd00::1]', true],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['[fd00::1]:5000', 'https://[fd00::1]:5000', true],
  ['a.example, b.example', 'https://b.example', true],
  ['a.example b.example', 'https://b.example', true],
  ['*', 'https://nvcr.io', true],
  ['', 'https://nvcr.io', false],
  ['10.0.0.0/', 'https://11.1.2.3', false],
  ['10.0.0.0/-1', 'https://nvcr.io', false],
])('NO_PROXY=%s for %s: direct is %s', (noProxy, url, direct) => {
  const environment = { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: noProxy }
  expect(chosen(environment, url) === undefined).toBe(direct)
})

test('a proxy that was entered spares what NO_PROXY names, lower case first', () => {
  const settings = oneProxy('proxy:1', { NO_PROXY: 'upper.example', no_proxy: 'lower.example' })
  expect(proxyFor(new URL('https://lower.example'), settings)).toBeUndefined()
  expect(proxyFor(new URL('https://upper.example'), settings)?.host).toBe('proxy:1')
})

test.each([
  ['user:50%off', 'user:50%off'],
  ['user:p%40ss%20%c3%a9', 'user:p@ss é'],
  ['us%ff:%', 'us%ff:%'],
])('%s before a proxy is the login %s', (written, login) => {
  const basic = proxyAuthorization(new URL(`http://${written}@proxy:1`))
  expect(Buffer.from(basic?.split(' ')[1] ?? '', 'base64').toString()).toBe(login)
})

test('loopback never goes through a proxy', () => {
  const environment = { HTTPS_PROXY: 'http://proxy:1', HTTP_PROXY: 'http://proxy:1' }
  for (const host of ['localhost:5000', '127.0.0.1', '127.8.9.1:1', '[::1]:5000']) {
    expect(chosen(environment, `http://${host}/`)).toBeUndefined()
  }
})

test('an address that is none is refused without quoting its password', () => {
  expect(() => proxiesFrom({ HTTPS_PROXY: 'socks5://joe:s3cret@proxy' })).toThrow(
    /^HTTPS_PROXY is not the address of an HTTP proxy\.$/,
  )
})
