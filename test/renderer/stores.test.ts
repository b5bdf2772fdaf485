import { beforeEach, describe, expect, test } from 'vitest'
import type { Envelope } from '../../main/api/contract.ts'
import type { Notice } from '../../main/api/shapes.ts'
import type { Selection, TransferRow, TransfersView } from '../../main/api/shapes.ts'
import { keepForward } from '../../renderer/stores/forward.ts'
import { mirrored } from '../../renderer/stores/mirror.ts'
import { withThese, without } from '../../renderer/stores/picking.ts'

type Listener = (name: string, payload: unknown) => void
let listeners: Listener[] = []
let order: string[] = []
let answer: () => Promise<Envelope>
const say = (name: string, payload: unknown) => listeners.forEach((hear) => hear(name, payload))

beforeEach(() => {
  listeners = []
  order = []
  const replicator = {
    call: async (name: string) => {
      order.push(name)
      return await answer()
    },
    listen: (hear: Listener) => {
      order.push('listen')
      listeners.push(hear)
      return () => {}
    },
  }
  Object.assign(globalThis, { window: { replicator } })
})

const notice = (id: string): Notice => ({ id, message: id })

describe('a mirror', () => {
  test('subscribes first and asks second', async () => {
    answer = async () => ({ ok: true, value: [notice('1')] })
    const mirror = mirrored('notices.changed', 'notices.list')
    await mirror.start()
    expect(order).toEqual(['listen', 'notices.list'])
    expect(mirror.use.getState()).toEqual({ state: 'ready', value: [notice('1')] })
  })
  test('keeps what it heard while the answer was on its way', async () => {
    answer = async () => {
      say('notices.changed', [notice('newer')])
      return { ok: true, value: [notice('older')] }
    }
    const mirror = mirrored('notices.changed', 'notices.list')
    await mirror.start()
    expect(mirror.use.getState()).toEqual({ state: 'ready', value: [notice('newer')] })
  })
  test('says why it has nothing, until it hears something', async () => {
    answer = async () => ({ ok: false, error: { code: 'network', message: 'No.', hint: 'Wait.' } })
    const mirror = mirrored('notices.changed', 'notices.list')
    await mirror.start()
    expect(mirror.use.getState()).toMatchObject({ state: 'failed', message: 'No.', hint: 'Wait.' })
    say('notices.changed', [])
    expect(mirror.use.getState()).toEqual({ state: 'ready', value: [] })
  })
})

function row(part: Partial<TransferRow>): TransferRow {
  const place = { grant: 'g', label: '/g' }
  const none = { writtenBytes: 0, durableBytes: 0, fetchedBytes: 0, layers: [] }
  return {
    id: '1',
    reference: 'r',
    platform: 'p',
    place,
    phase: 'downloading',
    plannedBytes: 100,
    share: (part.writtenBytes ?? 0) / 100,
    sizeBytes: 100,
    ...none,
    ...part,
  }
}

function view(rows: TransferRow[], doneBytes: number): TransfersView {
  return {
    rows,
    totalBytes: 100,
    doneBytes,
    speedHistory: [],
    isPaused: false,
    safe: [],
    isOffline: false,
  }
}

describe('a bar', () => {
  test('does not go backwards while its transfer goes on', () => {
    const before = view([row({ writtenBytes: 60, durableBytes: 50 })], 60)
    const next = keepForward(view([row({ writtenBytes: 55, durableBytes: 40 })], 55), before)
    expect(next.rows[0]).toMatchObject({ writtenBytes: 60, durableBytes: 50 })
    expect(next.doneBytes).toBe(60)
  })
  test('goes on from the pull of an engine to its save, whose bytes are others', () => {
    const before = view(
      [row({ phase: 'pulling', sizeBytes: 89, writtenBytes: 89, share: 0.5 })],
      50,
    )
    const saving = row({ phase: 'saving', sizeBytes: 214, writtenBytes: 2, share: 0.505 })
    const next = keepForward(view([saving], 50.5), before)
    expect(next.rows[0]).toMatchObject({ writtenBytes: 2, share: 0.505 })
    const late = keepForward(view([{ ...saving, share: 0.501 }], 50.1), next)
    expect(late.rows[0]?.share).toBe(0.505)
  })
  test('in total does not go backwards beside a transfer that has failed', () => {
    const failed = row({ id: '2', phase: 'failed', writtenBytes: 10 })
    const before = view([row({ writtenBytes: 60 }), failed], 70)
    expect(keepForward(view([row({ writtenBytes: 55 }), failed], 65), before).doneBytes).toBe(70)
  })
  test('begins anew with a transfer that does', () => {
    const before = view([row({ phase: 'failed', writtenBytes: 60 })], 60)
    const next = keepForward(view([row({ phase: 'waiting' })], 0), before)
    expect(next.rows[0]?.writtenBytes).toBe(0)
    expect(next.doneBytes).toBe(0)
  })
  test('follows a transfer whose size has become known', () => {
    const before = view([row({ sizeBytes: 0, writtenBytes: 10 })], 10)
    expect(keepForward(view([row({ writtenBytes: 5 })], 5), before).rows[0]?.writtenBytes).toBe(5)
  })
})

describe('a selection', () => {
  const selection: Selection = {
    items: [{ reference: 'a', state: 'measured' }],
    platform: 'linux/amd64',
    fetchBytes: 5,
  }
  test('takes each reference once, and has no bytes until they are measured', () => {
    const next = withThese(selection, ['a', 'b', 'b'])
    expect(next.items.map(({ reference }) => reference)).toEqual(['a', 'b'])
    expect(next.fetchBytes).toBeUndefined()
    expect(withThese(selection, ['a'])).toBe(selection)
  })
  test('lets go of references', () => {
    expect(without(selection, ['a', 'x']).items).toEqual([])
  })
})
