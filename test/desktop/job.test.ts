import { expect, test } from 'vitest'
import { isEnded, move, type Move } from '../../main/desktop/transfers/job.ts'
import type { Job, JobState } from '../../main/desktop/transfers/job-schema.ts'

const failure = { code: 'network', message: 'It broke.', ways: ['retry' as const] }
const states: Record<JobState['kind'], JobState> = {
  waiting: { kind: 'waiting' },
  running: { kind: 'running', phase: 'downloading' },
  paused: { kind: 'paused' },
  done: { kind: 'done', fetchedBytes: 1 },
  failed: { kind: 'failed', failure },
  cancelled: { kind: 'cancelled' },
}
const moves: Record<Move['do'], Move> = {
  start: { do: 'start' },
  enter: { do: 'enter', phase: 'verifying' },
  pause: { do: 'pause' },
  resume: { do: 'resume' },
  cancel: { do: 'cancel' },
  retry: { do: 'retry' },
  finish: { do: 'finish', fetchedBytes: 7 },
  fail: { do: 'fail', failure },
  interrupt: { do: 'interrupt' },
}

/** Every move that changes something, and to what; all others leave the job as it is. */
const table: Partial<Record<`${JobState['kind']} ${Move['do']}`, JobState['kind']>> = {
  'waiting start': 'running',
  'waiting pause': 'paused',
  'waiting cancel': 'cancelled',
  'running enter': 'running',
  'running pause': 'paused',
  'running cancel': 'cancelled',
  'running finish': 'done',
  'running fail': 'failed',
  'running interrupt': 'waiting',
  'paused resume': 'waiting',
  'paused cancel': 'cancelled',
  'failed retry': 'waiting',
  'failed cancel': 'cancelled',
  'cancelled retry': 'waiting',
}

const kinds = Object.keys(states) as JobState['kind'][]
const steps = Object.keys(moves) as Move['do'][]

test.each(kinds.flatMap((kind) => steps.map((step) => [kind, step] as const)))(
  'a job that is %s, on %s, is where the table says',
  (kind, step) => {
    const job = jobIn(states[kind])
    const after = move(job, moves[step])
    const wanted = table[`${kind} ${step}`]
    if (wanted === undefined) expect(after).toBe(job)
    else expect(after.state.kind).toBe(wanted)
  },
)

test('what is done, failed or cancelled has ended', () => {
  expect(kinds.filter((kind) => isEnded(jobIn(states[kind])))).toEqual([
    'done',
    'failed',
    'cancelled',
  ])
})

function jobIn(state: JobState): Job {
  return {
    id: '1',
    reference: 'nvcr.io/nvidia/pytorch:24.05-py3',
    wanted: 'linux/amd64',
    platform: 'linux/amd64',
    folder: '/media/stick',
    sizeBytes: 10,
    state,
  }
}
