import type { TransferRow, TransfersView } from '../../../main/api/shapes.ts'
import { isRunning } from '../../../renderer/views/transfers/phase.ts'
import { references } from './catalogue.ts'
import { digest } from './made.ts'
import { stick, folder } from './places.ts'
import { plan } from './plan.ts'

function transfer(id: string, reference: string, part: Partial<TransferRow>): TransferRow {
  const { sizeBytes = 8_900_000_000, writtenBytes = 0 } = part
  return {
    id,
    reference,
    platform: 'linux/amd64',
    place: stick,
    phase: 'waiting',
    plannedBytes: sizeBytes,
    share: writtenBytes / sizeBytes,
    sizeBytes,
    writtenBytes,
    durableBytes: 0,
    fetchedBytes: 0,
    layers: [],
    ...part,
  }
}

export const layers = Array.from({ length: 60 }, (_, index) => {
  const sizeBytes = 30_000_000 + ((index * 7919) % 97) * 4_000_000
  return {
    digest: digest(index),
    sizeBytes,
    doneBytes: index < 38 ? sizeBytes : index < 42 ? sizeBytes / 2 : 0,
  }
})

const rows: TransferRow[] = [
  transfer('1', references[0] ?? '', {
    phase: 'downloading',
    writtenBytes: 6_100_000_000,
    durableBytes: 5_700_000_000,
    fetchedBytes: 6_100_000_000,
    bytesPerSecond: 84_000_000,
    secondsLeft: 240,
    layers,
  }),
  transfer('2', references[1] ?? '', {
    phase: 'flushing',
    sizeBytes: 4_030_000_000,
    writtenBytes: 4_030_000_000,
    durableBytes: 3_820_000_000,
    fetchedBytes: 4_030_000_000,
    bytesPerSecond: 12_000_000,
    secondsLeft: 18,
    layers: layers.slice(0, 9),
  }),
  transfer('3', references[2] ?? '', {
    phase: 'verifying',
    sizeBytes: 345_000_000,
    writtenBytes: 345_000_000,
    durableBytes: 345_000_000,
    verifiedBytes: 120_000_000,
  }),
  transfer(
    '4',
    'nvcr.io/nvidia/a-very-long-team-name/an-image-with-a-name-that-does-not-fit-anywhere:24.05-with-a-long-tag',
    { place: folder },
  ),
  transfer('5', 'nvcr.io/nvidia/tensorflow:24.05-tf2-py3', {
    phase: 'paused',
    writtenBytes: 2_000_000_000,
    durableBytes: 2_000_000_000,
    layers: layers.slice(0, 3),
  }),
  transfer('6', 'nvcr.io/nvidia/rapidsai/base:24.04', {
    phase: 'failed',
    writtenBytes: 1_000_000_000,
    durableBytes: 1_000_000_000,
    failure: {
      code: 'denied',
      message: 'NVIDIA wants its terms accepted before rapidsai/base may be pulled.',
      hint: 'Open its page, accept them, then retry.',
      ways: ['open-page', 'retry'],
      page: 'https://catalog.ngc.nvidia.com/',
    },
  }),
  transfer('7', 'nvcr.io/nvidia/tritonserver:24.05-py3', {
    phase: 'done',
    writtenBytes: 8_900_000_000,
    durableBytes: 8_900_000_000,
    file: 'tritonserver_24.05-py3.tar',
  }),
]

export const running: TransfersView = {
  rows,
  totalBytes: 46_000_000_000,
  doneBytes: 23_400_000_000,
  bytesPerSecond: 84_000_000,
  secondsLeft: 540,
  speedHistory: Array.from(
    { length: 118 },
    (_, index) => 60e6 + 30e6 * Math.sin(index / 9) + 8e6 * Math.sin(index / 2),
  ),
  isPaused: false,
  safe: [],
  isOffline: false,
}

/** There is no speed while nothing moves. */
const still = without(running)

const waiting = halted('waiting')

/** What ran, at `phase`. */
function halted(phase: 'waiting' | 'paused'): TransferRow[] {
  return running.rows.map((row) => (isRunning(row.phase) ? { ...without(row), phase } : row))
}

function without<Moving extends { bytesPerSecond?: number; secondsLeft?: number }>({
  bytesPerSecond: _speed,
  secondsLeft: _time,
  ...rest
}: Moving): Omit<Moving, 'bytesPerSecond' | 'secondsLeft'> {
  return rest
}

export const offline: TransfersView = { ...still, rows: waiting, isOffline: true }

export const occupied: TransfersView = {
  ...still,
  rows: waiting.slice(0, 2).map((row) => ({
    ...row,
    waitsFor: 'Another run is writing into /media/operator/KINGSTON (process 4711 on workbench).',
  })),
}

export const full: TransfersView = {
  ...still,
  rows: waiting.slice(0, 1).map((row) => ({
    ...row,
    phase: 'full',
    failure: {
      code: 'no-space',
      message: 'The drive is full: 2.80 GB are missing. Nothing is lost.',
      hint: 'Free some space there, and it goes on by itself.',
      ways: ['choose-folder'],
    },
  })),
}

/** Each thing that a running transfer may be at. */
export const phases: TransfersView = {
  ...running,
  rows: (
    [
      ['resolving', {}],
      [
        'pulling',
        { writtenBytes: 3_400_000_000, bytesPerSecond: 61_000_000, secondsLeft: 90, share: 0.19 },
      ],
      ['saving', { sizeBytes: 21_400_000_000, writtenBytes: 9_000_000_000, share: 0.71 }],
      ['checking', { writtenBytes: 5_200_000_000, durableBytes: 5_200_000_000 }],
      ['downloading', { writtenBytes: 6_100_000_000, durableBytes: 5_700_000_000 }],
      ['flushing', { writtenBytes: 8_900_000_000, durableBytes: 8_100_000_000 }],
      [
        'verifying',
        { writtenBytes: 8_900_000_000, durableBytes: 8_900_000_000, verifiedBytes: 2e9 },
      ],
    ] as const
  ).map(([phase, part]) =>
    transfer(phase, `nvcr.io/nvidia/pytorch:24.05-${phase}`, { phase, ...part }),
  ),
}

/** Nothing was fetched: there is no sum. */
export const anotherDrive: TransfersView = {
  ...still,
  totalBytes: 0,
  doneBytes: 0,
  rows: [
    transfer('1', references[0] ?? '', {
      phase: 'failed',
      failure: {
        code: 'destination',
        message:
          'Another drive is at /media/operator/KINGSTON now: KINGSTON (64.0 GB, 1C2D-3E4F). This was planned for KINGSTON (256 GB, A1B2-C3D4).',
        hint: 'Put the planned drive back and try again, or choose another folder. Nothing was written to this one.',
        ways: ['retry', 'choose-folder'],
      },
    }),
  ],
}

/** Pausing all leaves none that waits. */
export const paused: TransfersView = { ...still, isPaused: true, rows: halted('paused') }

export const finished: TransfersView = {
  rows: references.map((reference, index) =>
    transfer(String(index), reference, {
      phase: 'done',
      sizeBytes: plan.rows[index]?.sizeBytes ?? 0,
      file: `image-${index}.tar`,
    }),
  ),
  totalBytes: 13_495_000_000,
  doneBytes: 13_495_000_000,
  speedHistory: [],
  isPaused: false,
  safe: [{ place: stick, canEject: true }],
  isOffline: false,
}

export const idle: TransfersView = {
  rows: [],
  totalBytes: 0,
  doneBytes: 0,
  speedHistory: [],
  isPaused: false,
  safe: [],
  isOffline: false,
}
