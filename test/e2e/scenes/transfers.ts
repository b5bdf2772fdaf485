import { openView, type Scene } from '../scene.ts'
import { calm } from '../staged/calm.ts'
import {
  anotherDrive,
  finished,
  full,
  idle,
  occupied,
  offline,
  paused,
  phases,
  running,
} from '../staged/transfers.ts'

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
    name: 'transfers-phases',
    answers: { ...calm, 'transfers.get': phases },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-another-drive',
    answers: { ...calm, 'transfers.get': anotherDrive },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-paused',
    answers: { ...calm, 'transfers.get': paused },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-loading',
    answers: { ...calm, 'transfers.get': 'never' },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-cancel',
    answers: { ...calm, 'transfers.get': running },
    act: async (page) => {
      await openView(page, 'Transfers')
      await page.getByRole('button', { name: 'Cancel pytorch 24.05-py3' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'transfers-full',
    answers: { ...calm, 'transfers.get': full },
    act: async (page) => await openView(page, 'Transfers'),
  },
]
