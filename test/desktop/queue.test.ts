import { expect, test, vi } from 'vitest'
import type { Kept } from '../../main/desktop/kept.ts'
import { Queue } from '../../main/desktop/transfers/queue.ts'
import type { Run } from '../../main/desktop/transfers/run.ts'
import { NetworkError } from '../../main/net/failure.ts'

function queueOf(run: Run, written: Kept['transfers'][] = []): Queue {
  return new Queue({
    keep: {
      get: () => written.at(-1) ?? { version: 1, jobs: [] },
      set: (next) => void written.push(next),
    },
    run,
    jobs: () => 2,
    changed: () => undefined,
    ended: () => undefined,
    log: () => undefined,
    offlineRetryMs: 5,
  })
}

const image = (tag: string) => ({
  reference: `nvcr.io/nvidia/pytorch:${tag}`,
  wanted: 'linux/amd64',
  platform: 'linux/amd64',
  folder: '/media/stick',
  sizeBytes: 10,
})
const kinds = (queue: Queue) => queue.jobs.map(({ state }) => state.kind)

test('without a line transfers wait, and go on when it is back', async () => {
  let isDown = true
  const queue = queueOf(async (_job, attempt) => {
    if (isDown) throw new NetworkError('name', 'The name could not be resolved.')
    attempt.fetchedBytes = 10
    return { file: 'x.tar' }
  })
  queue.add([image('1'), image('2')])
  await vi.waitFor(() => expect(queue.isOffline).toBe(true))
  isDown = false
  await vi.waitFor(() => expect(kinds(queue)).toEqual(['done', 'done']))
  expect(queue.isOffline).toBe(false)
})

test('a certificate that is not trusted does not mend itself: the transfer fails', async () => {
  const queue = queueOf(async () => {
    throw new NetworkError('certificate', 'The certificate cannot be trusted.')
  })
  queue.add([image('1')])
  await vi.waitFor(() => expect(kinds(queue)).toEqual(['failed']))
})

test('the same image for the same folder is transferred once', async () => {
  const queue = queueOf(() => new Promise(() => undefined))
  queue.add([image('1')])
  queue.add([image('1'), image('2'), image('3')])
  expect(kinds(queue)).toEqual(['running', 'running', 'waiting'])
})

test('pausing all leaves none that waits', async () => {
  const queue = queueOf(() => new Promise(() => undefined))
  queue.add([image('1'), image('2'), image('3')])
  queue.move('all', { do: 'pause' })
  expect(kinds(queue)).toEqual(['paused', 'paused', 'paused'])
  expect(queue.isPaused).toBe(true)
})

test('on disk one that runs waits, and its phases are not worth a write', async () => {
  const written: Kept['transfers'][] = []
  let isOver = false
  const queue = queueOf(async (_job, _attempt, { entered }) => {
    for (const phase of ['downloading', 'flushing', 'verifying'] as const) entered(phase)
    await vi.waitFor(() => expect(isOver).toBe(true))
    return { file: 'x.tar' }
  }, written)
  queue.add([image('1')])
  expect(queue.jobs[0]?.state).toEqual({ kind: 'running', phase: 'verifying' })
  isOver = true
  await vi.waitFor(() => expect(kinds(queue)).toEqual(['done']))
  const states = written.map(({ jobs }) => jobs.map(({ state }) => state.kind))
  expect(states).toEqual([['waiting'], ['done']])
})
