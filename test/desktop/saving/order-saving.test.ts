import { expect, test, vi } from 'vitest'
import { AppError } from '../../../main/api/errors.ts'
import type { CoreSettings } from '../../../main/desktop/core-settings.ts'
import type { Order, Report, SavingThread } from '../../../main/desktop/saving/messages.ts'
import { orderSaving } from '../../../main/desktop/saving/order-saving.ts'

const core: CoreSettings = {
  site: {},
  key: undefined,
  connections: 1,
  limitBytesPerSecond: undefined,
  source: 'registry',
  proxy: '',
  extraCertificates: [],
}
const task = {
  folder: '/stick',
  drive: undefined,
  reference: 'nvcr.io/nvidia/cuda:1',
  platform: 'linux/amd64',
  wanted: 'linux/amd64',
  maxFileSizeBytes: undefined,
  verify: false,
}

/** A thread that does nothing but hear, and can be made to report or die. */
class Thread implements SavingThread {
  readonly orders: Order[] = []
  report: (report: Report) => void = () => undefined
  die: (error: unknown) => void = () => undefined
  isEnded = false
  send = (order: Order): void => {
    this.orders.push(order)
    if (order.do === 'end') this.report({ is: 'ended' })
  }
  hear: SavingThread['hear'] = (report, ended) => Object.assign(this, { report, die: ended })
  end = async (): Promise<void> => {
    this.isEnded = true
  }
}

function started() {
  const threads: Thread[] = []
  const logged: string[] = []
  const saving = orderSaving({
    start() {
      const thread = new Thread()
      threads.push(thread)
      return thread
    },
    settings: async () => core,
    log: (line) => logged.push(line),
  })
  const ordered = async (count = 1): Promise<Thread> =>
    await vi.waitFor(() => {
      const thread = threads.at(-1)
      if (thread?.orders.length !== count) throw new Error('Not yet.')
      return thread
    })
  return { saving, threads, logged, ordered }
}

const { signal } = new AbortController()

test('one thread does all, and each task hears of its own', async () => {
  const { saving, threads, ordered } = started()
  const heard: unknown[][] = [[], []]
  const both = [0, 1].map(
    async (at) => await saving.save(task, (update) => heard[at]?.push(update), signal),
  )
  const thread = await ordered(2)
  thread.report({ is: 'update', id: 2, update: { fetchedBytes: 7 } })
  thread.report({ is: 'done', id: 2, file: 'two.tar' })
  thread.report({ is: 'done', id: 1 })
  await expect(Promise.all(both)).resolves.toEqual([undefined, 'two.tar'])
  expect(heard).toEqual([[], [{ fetchedBytes: 7 }]])
  expect(threads).toHaveLength(1)
})

test('a thread that dies fails what it did, and the next task has a new one', async () => {
  const { saving, threads, ordered } = started()
  const first = saving.save(task, () => undefined, signal)
  const thread = await ordered()
  thread.die(new Error('out of memory'))
  await expect(first).rejects.toThrow('out of memory')
  const second = saving.save(task, () => undefined, signal)
  ;(await ordered()).report({ is: 'done', id: 2, file: 'one.tar' })
  await expect(second).resolves.toBe('one.tar')
  expect(threads).toHaveLength(2)
})

test('who stops a task is heard by the thread, with the reason', async () => {
  const { saving, ordered } = started()
  const controller = new AbortController()
  const save = saving.save(task, () => undefined, controller.signal)
  const thread = await ordered()
  controller.abort(new AppError('cancelled', 'Stopped by the user.'))
  expect(thread.orders[1]).toMatchObject({
    do: 'stop',
    id: 1,
    why: { code: 'cancelled', message: 'Stopped by the user.' },
  })
  thread.report({ is: 'failed', id: 1, error: { kind: 'mistake', message: 'x', stack: undefined } })
  await expect(save).rejects.toThrow('x')
})

test('a limit holds for what runs, and needs no thread', async () => {
  const { saving, threads, ordered } = started()
  saving.limit(5)
  expect(threads).toEqual([])
  const save = saving.save(task, () => undefined, signal)
  const thread = await ordered()
  saving.limit(6)
  expect(thread.orders.at(-1)).toEqual({ do: 'limit', bytesPerSecond: 6 })
  thread.report({ is: 'done', id: 1 })
  await save
})

test('closing lets the thread end in its own time', async () => {
  const { saving, ordered } = started()
  const save = saving.save(task, () => undefined, signal)
  const thread = await ordered()
  thread.report({ is: 'done', id: 1 })
  await save
  await saving.close()
  expect(thread.orders.at(-1)).toEqual({ do: 'end' })
  expect(thread.isEnded).toBe(true)
})

test('a thread that was made ready does the next task; none is started while all closes', async () => {
  const { saving, threads, ordered } = started()
  await saving.prepare()
  const save = saving.save(task, () => undefined, signal)
  const thread = await ordered(2)
  expect(thread.orders).toMatchObject([{ do: 'prepare', core }, { do: 'save' }])
  thread.report({ is: 'done', id: 1 })
  await save
  expect(threads).toHaveLength(1)

  const closing = started()
  const preparing = closing.saving.prepare()
  await closing.saving.close()
  await preparing
  expect(closing.threads).toEqual([])
})
