import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { setAsideIfDamaged } from '../../main/electron/set-aside.ts'

const schema = z.object({ version: z.literal(1) })
const now = new Date('2026-05-04T03:02:01Z')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-aside-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file that is not there is not damaged', () => {
  expect(setAsideIfDamaged(join(folder, 'window.json'), schema, now)).toBeUndefined()
})

test('a whole file stays', () => {
  writeFileSync(join(folder, 'window.json'), '{"version":1,"more":true}')
  expect(setAsideIfDamaged(join(folder, 'window.json'), schema, now)).toBeUndefined()
  expect(readdirSync(folder)).toEqual(['window.json'])
})

test.each([
  ['torn', '{"version":'],
  ['empty', ''],
  ['of zeros, as after a power cut', '\0\0\0\0'],
  ['of another shape', '{"version":"one"}'],
  ['of a later version', '{"version":2}'],
])('a file that is %s is renamed, with its bytes', (_what, text) => {
  writeFileSync(join(folder, 'window.json'), text)
  const aside = setAsideIfDamaged(join(folder, 'window.json'), schema, now)
  expect(aside).toBe(join(folder, 'window.damaged-20260504030201.json'))
  expect(readdirSync(folder)).toEqual(['window.damaged-20260504030201.json'])
  expect(readFileSync(aside ?? '', 'utf8')).toBe(text)
})
