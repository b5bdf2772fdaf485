import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from '../../main/net/redact.ts'

const key = fc
  .array(
    fc.constantFrom(
      ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'.split(''),
    ),
    {
      minLength: 64,
      maxLength: 64,
    },
  )
  .map((letters) => `nvapi-${letters.join('')}`)
const legacyKey = fc
  .tuple(fc.uint8Array({ minLength: 24, maxLength: 26 }), fc.uuid())
  .map(([id, uuid]) =>
    Buffer.from(`${Buffer.from(id).toString('base64url').slice(0, 26)}:${uuid}`).toString('base64'),
  )
const text = fc.string({ maxLength: 40 })

test('a key of NGC never survives, whatever is around it', () => {
  fc.assert(
    fc.property(fc.oneof(key, legacyKey), text, text, (secret, before, after) => {
      expect(redact(`${before} ${secret} ${after}`)).not.toContain(secret)
      expect(redact(`${before}"${secret}"${after}`)).not.toContain(secret)
    }),
  )
})

test('any secret that is known goes in all forms it is sent in', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8, maxLength: 60 }), text, (secret, around) => {
      fc.pre(!'$oauthtoken:[hidden]'.includes(secret) && !around.includes(secret))
      const basic = Buffer.from(`$oauthtoken:${secret}`).toString('base64')
      for (const form of [secret, basic, encodeURIComponent(secret)]) {
        expect(redact(`${around}${form} ${around}`, [secret])).not.toContain(form)
      }
    }),
  )
})

test.each([
  ['Authorization: Bearer abc.def', 'Authorization: [hidden]'],
  ['sent Basic dXNlcjpwYXNzd29yZA== twice', 'sent Basic [hidden] twice'],
  ['via http://joe:s3cret@proxy:3128/x', 'via http://[hidden]@proxy:3128/x'],
  ['https://layers.nvcr.io/a?Signature=x&Expires=1 403', 'https://layers.nvcr.io/a?[hidden] 403'],
  ['{"access_token":"abc123","n":1}', '{"access_token":"[hidden]","n":1}'],
  ['credentials=abcdef&x=1', 'credentials=[hidden]&x=1'],
])('%s → %s', (before, after) => {
  expect(redact(before)).toBe(after)
})

test('what is needed to understand a log stays', () => {
  const line =
    'GET https://nvcr.io/v2/nvidia/pytorch/blobs/sha256:' +
    `${'0123456789abcdef'.repeat(4)} 307; Bearer realm="https://nvcr.io/proxy_auth"`
  expect(redact(line)).toBe(line)
})
