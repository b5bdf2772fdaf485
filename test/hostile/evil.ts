import * as fc from 'fast-check'
import { expect } from 'vitest'
import { AppError } from '../../main/api/errors.ts'

/** The same inputs each time, unless another seed is asked for; fast-check prints it with a failure. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 4)

export function runs(numRuns: number): { seed: number; numRuns: number } {
  return { seed: SEED, numRuns }
}

/** Texts that people who mean harm have put where names belong. */
export const evilTexts = [
  '../../../../etc/cron.d/evil',
  '/etc/passwd',
  String.raw`..\..\windows\system32`,
  'C:\\evil',
  '//server/share',
  'a/../../b',
  '.',
  '..',
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '\u001B]0;owned\u0007',
  '\u001B[2J\u001B[31mred',
  '\u009B31mC1',
  '\u202Egnp.exe',
  '\u2066hidden\u2069',
  'nul\0byte',
  'two\r\nlines',
  '\u2028',
  '=HYPERLINK("http://evil","x")',
  '@SUM(1)',
  '<script>alert(1)</script>',
  '${x}`id`$(id)',
  '-rf',
  'CON',
  'a'.repeat(70_000),
  '/'.repeat(70_000),
  '\uD800',
  '\u{1F480}',
]

export const evilText = fc.oneof(
  fc.constantFrom(...evilTexts),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

/** Values that do not belong where they stand. */
export const evilValue: fc.Arbitrary<unknown> = fc.oneof(
  evilText,
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    2 ** 53,
    1e308,
    [],
    {},
    [[]],
    Array.from({ length: 5000 }, () => 0),
  ),
  fc
    .constantFrom(
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '[{"__proto__":[]}]',
    )
    .map((text): unknown => JSON.parse(text)),
  fc.jsonValue({ maxDepth: 3 }),
)

/** A hundred thousand arrays, or objects, within each other. */
export const deepJson = [
  '['.repeat(100_000),
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
]

/** A good document with some of its values, names among them, replaced; or no such document at all. */
export function evilDocument(good: unknown): fc.Arbitrary<string> {
  const places = count(good)
  const changed = fc
    .array(fc.tuple(fc.nat(places), evilValue), { minLength: 1, maxLength: 3 })
    .map((changes) =>
      JSON.stringify(changes.reduce((value, [at, evil]) => put(value, at, evil), good)),
    )
  const deepWithin = fc
    .tuple(fc.nat(places), fc.constantFrom(...deepJson.slice(1)))
    .map(([at, deep]) => JSON.stringify(put(good, at, DEEP)).replaceAll(`"${DEEP}"`, () => deep))
  return fc.oneof(
    { weight: 12, arbitrary: changed },
    { weight: 2, arbitrary: deepWithin },
    { weight: 1, arbitrary: fc.constantFrom('', 'null', '\uFEFF{}', ...deepJson) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  )
}

const DEEP = 'a deep value goes here'

function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, child) => sum + count(child), 1)
}

/** Replaces the value with that number, counted in depth. */
function put(value: unknown, at: number, evil: unknown): unknown {
  let left = at
  const walk = (current: unknown): unknown => {
    left -= 1
    if (left === -1) return evil
    if (Array.isArray(current)) return current.map(walk)
    if (typeof current !== 'object' || current === null) return current
    return Object.fromEntries(Object.entries(current).map(([name, child]) => [name, walk(child)]))
  }
  return walk(value)
}

/** An answer, or an error in the user's words; anything else is a bug. Returns the error. */
export async function answersOrExplains(work: () => unknown): Promise<AppError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.message.length).toBeLessThan(200_000)
    expect(`${error.message} ${error.hint ?? ''}`).not.toMatch(/undefined|\[object|call stack/)
    return error
  } finally {
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  }
}

/** Whatever a terminal or a page would take for more than a letter. */
export const STEERING = /[\p{Bidi_Control}\u2028\u2029]|(?!\n)\p{Cc}/u
