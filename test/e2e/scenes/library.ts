import { openHoldings, openImage, openView, type Scene } from '../scene.ts'
import { calm } from '../staged/calm.ts'
import { library } from '../staged/library.ts'

export const libraryScenes: readonly Scene[] = [
  { name: 'library-none', answers: calm, act: async (page) => await openView(page, 'Library') },
  { name: 'library', answers: calm, act: openHoldings },
  {
    name: 'library-loading',
    answers: { ...calm, 'library.open': 'never' },
    act: async (page) => {
      await openView(page, 'Library')
      await page.getByRole('button', { name: /KINGSTON/ }).click()
      await page.getByRole('main').getByRole('status').first().waitFor()
    },
  },
  {
    name: 'library-history',
    answers: calm,
    act: async (page) => {
      await openImage(page)
      await page.getByText('stopped answering').scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'library-image-failed',
    answers: {
      ...calm,
      'library.image': {
        fails: { message: 'The tarball cannot be read.', hint: 'Verify it, or save it again.' },
      },
    },
    act: async (page) => {
      await openHoldings(page)
      await page.getByRole('option').first().click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'library-image', answers: calm, act: openImage },
  {
    name: 'library-verifying',
    answers: {
      ...calm,
      'library.open': {
        ...library,
        problems: [],
        verifying: [{ id: '0', doneBytes: 4e9, totalBytes: 9e9 }],
      },
    },
    act: openHoldings,
  },
  {
    name: 'library-failed',
    answers: {
      ...calm,
      'library.open': { fails: { message: 'KINGSTON cannot be read.', hint: 'Plug it in again.' } },
    },
    act: async (page) => {
      await openView(page, 'Library')
      await page.getByRole('button', { name: /KINGSTON/ }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'library-empty',
    answers: {
      ...calm,
      'library.open': { ...library, rows: [], problems: [], totalBytes: 0, sharedBytes: 0 },
    },
    act: async (page) => {
      await openView(page, 'Library')
      await page.getByRole('button', { name: /KINGSTON/ }).click()
      await page.getByText('This folder holds no images').waitFor()
    },
  },
]
