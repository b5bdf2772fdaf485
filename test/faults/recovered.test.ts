import { describe, expect, test } from 'vitest'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import type { Line, Misbehave } from './line.ts'
import * as does from './misbehaviours.ts'
import { expectNoSecrets, sentences, setStage } from './stage.ts'

const { sandbox, line, closed, outcomes, said, run, right } = await setStage()

const inOrder =
  (...faults: Misbehave[]) =>
  (faulty: Line): void =>
    void faulty.next.push(...faults)

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

test('no key, token or signed address is in any log, error or hint', () => expectNoSecrets(said))

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value)
}

function redirectOnce(faulty: Line, origin: string): void {
  faulty.redirect = ({ pathname, search }) => {
    faulty.redirect = (address) => address
    return new URL(pathname + search, origin)
  }
}
