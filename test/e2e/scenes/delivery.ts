import type { Page } from '@playwright/test'
import type {
  Comparison,
  DeliveryRow,
  DeliveryView,
  LoadPlanView,
  PushPlanView,
} from '../../../main/api/shapes.ts'
import { openHoldings, type Scene } from '../scene.ts'
import { calm } from '../staged/calm.ts'
import { engines, noEngine } from '../staged/engines.ts'
import { docker, library } from '../staged/library.ts'
import { stick } from '../staged/places.ts'

const name = (tag: string): string => `nvcr.io/nvidia/pytorch:${tag}-py3`

const loadPlan: LoadPlanView = {
  id: 'plan',
  engine: docker,
  rows: [
    { name: name('24.05'), state: 'load', sizeBytes: 8_900_000_000 },
    { name: name('24.04'), state: 'held', sizeBytes: 8_700_000_000 },
    { name: name('24.03'), state: 'tag', sizeBytes: 8_600_000_000 },
    {
      name: 'nvcr.io/nvidia/nim:1.2',
      state: 'refused',
      sizeBytes: 0,
      failure: {
        message: 'Docker 20.10.24 cannot read layers compressed with zstd.',
        hint: 'Docker 23 and later can, and so can Podman and containerd.',
      },
    },
  ],
  keptBytes: 21_400_000_000,
  scratchBytes: 8_900_000_000,
}

const pushPlan: PushPlanView = {
  id: 'plan',
  rows: [
    {
      source: name('24.05'),
      name: 'registry.example:5000/ngc/nvidia/pytorch:24.05-py3',
      platform: 'linux/amd64',
      state: 'new',
      sizeBytes: 8_900_000_000,
      notes: [],
    },
    {
      source: name('24.04'),
      name: 'registry.example:5000/ngc/nvidia/pytorch:24.04-py3',
      platform: 'linux/amd64',
      state: 'replaces',
      sizeBytes: 8_700_000_000,
      notes: ['the tarball has no manifest: its digest will not be the publisher’s'],
    },
  ],
  failures: [{ name: 'nvidia_cuda_24.06-py3.tar', message: 'It ends too early.' }],
}

const rows: DeliveryRow[] = [
  {
    id: '0',
    name: name('24.05'),
    phase: 'done',
    sizeBytes: 8_900_000_000,
    doneBytes: 8_900_000_000,
  },
  {
    id: '1',
    name: name('24.04'),
    phase: 'running',
    sizeBytes: 8_700_000_000,
    doneBytes: 3_100_000_000,
  },
  { id: '2', name: name('24.03'), phase: 'there', sizeBytes: 8_600_000_000, doneBytes: 0 },
  { id: '3', name: name('24.02'), phase: 'waiting', sizeBytes: 8_500_000_000, doneBytes: 0 },
]
export const delivering: DeliveryView = {
  state: 'running',
  kind: 'load',
  to: docker.name,
  place: stick,
  rows,
  totalBytes: 26_100_000_000,
  doneBytes: 12_000_000_000,
  bytesPerSecond: 212_000_000,
  secondsLeft: 66,
}
const failure = {
  message: 'Docker 20.10.24 stopped answering.',
  hint: 'Start it, and try again: what was done is skipped.',
}
const delivered: DeliveryView = {
  ...delivering,
  state: 'ended',
  rows: rows.map((row) =>
    row.phase === 'done' || row.phase === 'there' ? row : { ...row, phase: 'failed', failure },
  ),
}

const allDelivered: DeliveryView = {
  ...delivering,
  state: 'ended',
  rows: rows.map((row) => ({ ...row, phase: 'done' })),
}

const image = (tag: string, letter: string) => ({
  reference: name(tag),
  platform: 'linux/amd64',
  digest: `sha256:${letter.repeat(64)}`,
})
const comparison: Comparison = {
  id: 'comparison',
  wanted: '/home/ada/ours',
  found: '/media/ada/KINGSTON',
  differences: [
    { kind: 'missing', wanted: image('24.05', 'a') },
    { kind: 'missing', wanted: { reference: name('24.06'), platform: 'all' } },
    { kind: 'differs', wanted: image('24.04', 'b'), found: image('24.04', 'c') },
    { kind: 'extra', found: image('23.12', 'd') },
  ],
}

async function press(page: Page, button: RegExp | string): Promise<void> {
  await openHoldings(page)
  await page.getByRole('button', { name: button }).click()
}

async function compare(page: Page): Promise<void> {
  await press(page, 'Compare')
  await page.getByRole('menuitem', { name: 'With a list' }).click()
  await page.getByRole('dialog', { name: 'Compare' }).waitFor()
}

async function openPush(page: Page): Promise<void> {
  await press(page, 'Push all')
  await page.getByLabel('Registry').fill('registry.example:5000/ngc')
  await page.getByRole('button', { name: 'Show the names' }).click()
}

async function showImages(page: Page): Promise<void> {
  await openHoldings(page)
  await page.getByRole('button', { name: 'Show images' }).click()
  await page.getByRole('list', { name: 'Images handed over' }).waitFor()
}

/** The library's faces for loading, pushing and comparing. */
export const deliveryScenes: readonly Scene[] = [
  {
    name: 'library-picked',
    answers: calm,
    act: async (page) => {
      await openHoldings(page)
      const options = page.getByRole('option')
      await options.nth(0).click({ modifiers: ['Control'] })
      await options.nth(2).click({ modifiers: ['Shift'] })
      await page.getByRole('button', { name: 'Load 3' }).waitFor()
    },
  },
  {
    name: 'library-load',
    answers: { ...calm, 'load.plan': loadPlan },
    act: async (page) => {
      await press(page, 'Load all')
      await page.getByRole('button', { name: 'Load into Docker' }).waitFor()
    },
  },
  {
    name: 'library-load-no-engine',
    answers: {
      ...calm,
      'engines.find': noEngine,
    },
    act: async (page) => {
      await press(page, 'Load all')
      await page.getByText('No container engine answers').waitFor()
    },
  },
  {
    name: 'library-load-looking',
    answers: { ...calm, 'engines.find': 'never' },
    act: async (page) => {
      await press(page, 'Load all')
      await page.getByRole('status', { name: 'Looking for engines' }).waitFor()
    },
  },
  {
    name: 'library-load-engines',
    answers: { ...calm, 'engines.find': engines, 'load.plan': 'never' },
    act: async (page) => {
      await press(page, 'Load all')
      await page.getByRole('status', { name: 'Asking the engine what it has' }).waitFor()
    },
  },
  {
    name: 'library-load-failed',
    answers: { ...calm, 'load.plan': { fails: failure } },
    act: async (page) => {
      await press(page, 'Load all')
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'library-push',
    answers: calm,
    act: async (page) => {
      await press(page, 'Push all')
      await page.getByLabel('Registry').waitFor()
    },
  },
  {
    name: 'library-push-names',
    answers: { ...calm, 'push.plan': pushPlan },
    act: async (page) => {
      await openPush(page)
      await page.getByRole('list', { name: 'Names in the registry' }).waitFor()
    },
  },
  {
    name: 'library-push-refused',
    answers: {
      ...calm,
      'push.plan': {
        fails: {
          message: 'registry.example:5000 refuses the login of exporter.',
          hint: 'Check the user name and the password.',
        },
      },
    },
    act: async (page) => {
      await openPush(page)
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'library-delivering', answers: { ...calm, 'delivery.get': delivering }, act: showImages },
  {
    name: 'library-activity',
    answers: {
      ...calm,
      'delivery.get': delivering,
      'library.open': {
        ...library,
        verifying: [{ id: '0', doneBytes: 4e9, totalBytes: 9e9 }],
      },
    },
    act: openHoldings,
  },
  {
    name: 'library-delivered-all',
    answers: { ...calm, 'delivery.get': allDelivered },
    act: openHoldings,
  },
  {
    name: 'library-compare-with',
    answers: calm,
    act: async (page) => {
      await press(page, 'Compare')
      await page.getByRole('menuitem', { name: 'With a list' }).waitFor()
    },
  },
  { name: 'library-delivered', answers: { ...calm, 'delivery.get': delivered }, act: showImages },
  { name: 'library-compare', answers: { ...calm, 'library.compare': comparison }, act: compare },
  {
    name: 'library-compare-same',
    answers: { ...calm, 'library.compare': { ...comparison, differences: [] } },
    act: compare,
  },
]
