import { expect, test } from 'vitest'
import { NetworkError, StatusError } from '../../main/net/failure.ts'
import { createTurns, type Turns } from '../../main/net/turns.ts'

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** Begins so many actions, and tells how many run at once now; `end` ends those. */
function begin({ inTurn }: Turns, actions: number) {
  const running: (() => void)[] = []
  const all = Promise.all(
    Array.from({ length: actions }, () =>
      inTurn(
        () =>
          new Promise<void>((resolve) => {
            running.push(resolve)
          }),
      ),
    ),
  )
  return {
    all,
    async atOnce(): Promise<number> {
      await settled()
      return running.length
    },
    end(): void {
      for (const resolve of running.splice(0)) resolve()
    },
  }
}

test.each([
  ['a 429', new StatusError(429, 'too many')],
  ['a time limit', new NetworkError('timeout', 'did not answer')],
])('after %s half as many run at once', async (_name, error) => {
  const turns = createTurns(8)
  const load = begin(turns, 13)
  expect(await load.atOnce()).toBe(8)
  turns.failed(error)
  load.end()
  expect(await load.atOnce()).toBe(4)
  load.end()
  expect(await load.atOnce()).toBe(1)
  load.end()
  await load.all
})

test('what has nothing to do with how many there are changes nothing', async () => {
  const turns = createTurns(8)
  turns.failed(new StatusError(503, 'busy'))
  turns.failed(new NetworkError('reset', 'broke'))
  const load = begin(turns, 8)
  expect(await load.atOnce()).toBe(8)
  load.end()
  await load.all
})

test('a failure is its caller’s, and the others have their turn', async () => {
  const { inTurn } = createTurns(1)
  const failing = inTurn(() => Promise.reject(new Error('no')))
  const next = inTurn(() => Promise.resolve('done'))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('done')
})
