import { expect, test } from 'vitest'
import type { Notice } from '../../main/api/shapes.ts'
import { createNotices } from '../../main/electron/notices.ts'

test('a notice is announced with all others, and stays until it is dismissed', () => {
  const heard: Notice[][] = []
  const { raise, handlers } = createNotices((notices) => heard.push(notices))
  raise('One.')
  raise('Two.', 'Look.')
  const both = [
    { id: '1', message: 'One.' },
    { id: '2', message: 'Two.', hint: 'Look.' },
  ]
  expect(handlers['notices.list']({})).toEqual(both)
  expect(handlers['notices.dismiss']({ id: '1' })).toEqual([both[1]])
  expect(heard).toEqual([[both[0]], both, [both[1]]])
})

test('dismissing what is gone changes nothing', () => {
  const { raise, handlers } = createNotices(() => {})
  raise('One.')
  expect(handlers['notices.dismiss']({ id: '9' })).toEqual([{ id: '1', message: 'One.' }])
})
