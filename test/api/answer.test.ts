import { describe, expect, test } from 'vitest'
import { createAnswer, inputLimitBytes } from '../../main/api/answer.ts'
import type { Handlers } from '../../main/api/contract.ts'
import type { About } from '../../main/api/shapes.ts'
import { AppError } from '../../main/api/errors.ts'

const about: About = {
  version: '1.2.3',
  electron: '45.0.0',
  chromium: '150.0.0',
  node: '24.0.0',
  platform: 'linux-x64',
  runtime: 'development',
}

function answering(handlers: Partial<Handlers> = {}) {
  const reports: [string, unknown][] = []
  const answer = createAnswer(
    {
      'app.about': () => about,
      'notices.list': () => [],
      'notices.dismiss': () => [],
      ...handlers,
      // The others are never reached here.
    } as Handlers,
    (name, error) => reports.push([name, error]),
  )
  return { answer, reports }
}

describe('a known call with good input', () => {
  test('is answered with the value of its handler', async () => {
    const { answer } = answering()
    expect(await answer('app.about', {})).toEqual({ ok: true, value: about })
  })

  test('hands the parsed input on', async () => {
    const seen: unknown[] = []
    const { answer } = answering({
      'notices.dismiss': (input) => {
        seen.push(input)
        return []
      },
    })
    await answer('notices.dismiss', { id: '7' })
    expect(seen).toEqual([{ id: '7' }])
  })
})

describe('a call that must not be', () => {
  test.each(['app.format', 'constructor', '__proto__', 'toString', '', 7, null, undefined, {}])(
    '%o is refused by name, and no bug',
    async (name) => {
      const { answer, reports } = answering()
      expect(await answer(name, {})).toMatchObject({ ok: false, error: { code: 'usage' } })
      expect(reports).toEqual([])
    },
  )

  test.each([
    ['a field too many', { id: '7', more: 1 }],
    ['a field of another type', { id: 7 }],
    ['no object', 'text'],
    ['nothing', undefined],
  ])('%s is refused, and the handler does not run', async (_what, input) => {
    let ran = false
    const { answer } = answering({
      'notices.dismiss': () => {
        ran = true
        return []
      },
    })
    const envelope = await answer('notices.dismiss', input)
    expect(envelope).toMatchObject({ ok: false, error: { code: 'usage' } })
    expect(ran).toBe(false)
  })

  test('oversized input is refused before it is parsed', async () => {
    const { answer } = answering()
    const envelope = await answer('notices.dismiss', { id: 'x'.repeat(inputLimitBytes) })
    expect(envelope).toMatchObject({ error: { message: expect.stringContaining('more') } })
  })

  test('the value that was refused is not told, for it may be a secret', async () => {
    const { answer } = answering()
    const envelope = await answer('notices.dismiss', { id: ['nvapi-secret'] })
    expect(JSON.stringify(envelope)).not.toContain('secret')
  })
})

describe('a handler that fails', () => {
  test('says its expected failure in its own words', async () => {
    const { answer, reports } = answering({
      'app.about': () => {
        throw new AppError('no-space', 'KINGSTON is full.', { hint: 'Choose another drive.' })
      },
    })
    expect(await answer('app.about', {})).toEqual({
      ok: false,
      error: { code: 'no-space', message: 'KINGSTON is full.', hint: 'Choose another drive.' },
    })
    expect(reports).toEqual([])
  })

  test('has its bug reported once, and shown as one calm sentence without its words', async () => {
    const bug = new TypeError('token nvapi-secret is not a function')
    const { answer, reports } = answering({ 'app.about': () => Promise.reject(bug) })
    const envelope = await answer('app.about', {})
    expect(envelope).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(envelope)).not.toContain('secret')
    expect(reports).toEqual([['app.about', bug]])
  })
})
