import { openView, type Scene } from '../scene.ts'
import { calm } from '../staged/calm.ts'
import { finished, full, idle, occupied, offline, running } from '../staged/transfers.ts'

export const transferScenes: readonly Scene[] = [
  {
    name: 'transfers',
    answers: { ...calm, 'transfers.get': running },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-layers',
    answers: { ...calm, 'transfers.get': running },
    act: async (page) => {
      await openView(page, 'Transfers')
      await page.getByRole('button', { name: 'Layers of pytorch 24.05-py3' }).click()
    },
  },
  {
    name: 'transfers-safe',
    answers: { ...calm, 'transfers.get': finished },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-empty',
    answers: { ...calm, 'transfers.get': idle },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-offline',
    answers: { ...calm, 'transfers.get': offline },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-occupied',
    answers: { ...calm, 'transfers.get': occupied },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-full',
    answers: { ...calm, 'transfers.get': full },
    act: async (page) => await openView(page, 'Transfers'),
  },
]
