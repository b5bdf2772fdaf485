import { promisify } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { isPublicName, lookupPublic } from '../../main/net/public-host.ts'

describe('a host that a stranger names', () => {
  it.each(['assets.example.com', 'nvcr.io', 'a.b.c.d.net.'])('is public: %s', (name) => {
    expect(isPublicName(name)).toBe(true)
  })
  it.each([
    'localhost',
    'router',
    'printer.local',
    'vault.internal.',
    'wiki.CORP',
    'a.localhost',
    '127.0.0.1',
    '8.8.8.8',
    '[::1]',
    '[2606:4700::1111]',
    '1.0.0.127.in-addr.arpa',
    '',
  ])('is not: %s', (name) => {
    expect(isPublicName(name)).toBe(false)
  })
  it.each(['https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://127.1/'])(
    'is not, however its address is written: %s',
    (address) => {
      expect(isPublicName(new URL(address).hostname)).toBe(false)
    },
  )
})

const resolve = promisify((name: string, done: (error: Error | null, found?: unknown) => void) =>
  lookupPublic(name, { all: true }, done),
)

test.each([
  'localhost',
  '10.1.2.3',
  '169.254.169.254',
  '172.31.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:10.0.0.1',
  'fe80::1',
  'fd00::1',
  '64:ff9b::a00:1',
])('a name that stands for %s has no public address', async (address) => {
  await expect(resolve(address)).rejects.toMatchObject({ code: 'ENOTFOUND' })
})

test('public addresses are given as they were found', async () => {
  await expect(resolve('9.9.9.9')).resolves.toEqual([{ address: '9.9.9.9', family: 4 }])
  await expect(resolve('2620:fe::fe')).resolves.toEqual([{ address: '2620:fe::fe', family: 6 }])
})
