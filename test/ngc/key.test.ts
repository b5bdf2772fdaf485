import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { AppError } from '../../main/api/errors.ts'
import { parseKey } from '../../main/ngc/key.ts'
import { Secret } from '../../main/ngc/secret.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'

test.each([
  [undefined, 'none'],
  ['', 'none'],
  [' \n', 'none'],
  [sandboxKeys.personal, 'personal'],
  [`  ${sandboxKeys.personal}\r\n`, 'personal'],
  ['nvapi-'.padEnd(40, 'x'), 'personal'],
  ['x'.repeat(40), 'dgx'],
  ['x'.repeat(39), 'legacy'],
  [sandboxKeys.legacy, 'legacy'],
])('the kind of a key is told by its form: %j is %s', (text, kind) => {
  expect(parseKey(text).kind).toBe(kind)
})

test.each(['two words', 'line\nbreak', 'ümlaut', '\u0007bell', 'x'.repeat(5000)])(
  'what cannot be a key is refused without being repeated: %j',
  (text) => {
    try {
      parseKey(text)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(AppError)
      expect(inspect(error)).not.toContain(text)
    }
  },
)

test('a secret shows in no text by accident', () => {
  const secret = new Secret('hunter2')
  const holder = { secret, list: [secret] }
  const shown = [
    String(secret),
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    String(Object.entries(secret)),
    JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
    new Error(`with ${String(secret)}`).message,
  ]
  expect(shown.join('\n')).not.toContain('hunter2')
  expect(shown[0]).toBe('[secret]')
  expect(secret.reveal()).toBe('hunter2')
})
