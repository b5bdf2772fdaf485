import { z } from 'zod'

const failure = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  ways: z.array(z.enum(['retry', 'choose-folder', 'open-page', 'enter-key'])),
  page: z.string().optional(),
})

/** Where a job stands. What is only true while it runs (bytes, speed) is no part of it. */
const state = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting') }),
  z.object({
    kind: z.literal('running'),
    phase: z.enum([
      'resolving',
      'pulling',
      'saving',
      'checking',
      'downloading',
      'full',
      'flushing',
      'verifying',
    ]),
  }),
  z.object({ kind: z.literal('paused') }),
  z.object({ kind: z.literal('done'), file: z.string().optional(), fetchedBytes: z.number() }),
  z.object({ kind: z.literal('failed'), failure }),
  z.object({ kind: z.literal('cancelled') }),
])

/** One image on its way to one folder: data, whole, as it is kept on disk. */
export const job = z.object({
  id: z.string(),
  reference: z.string(),
  /** What the plan asked for: `all` yields one job for each platform. */
  wanted: z.string(),
  platform: z.string(),
  folder: z.string(),
  /** The drive that it was planned for, if that is known. */
  drive: z
    .object({
      mountPoint: z.string(),
      id: z.string().optional(),
      name: z.string(),
      isRemovable: z.boolean(),
      totalBytes: z.number(),
    })
    .optional(),
  sizeBytes: z.number(),
  state,
})

export const jobs = z.array(job)

export type Job = z.output<typeof job>
export type JobState = z.output<typeof state>
export type JobFailure = z.output<typeof failure>
export type RunningPhase = Extract<JobState, { kind: 'running' }>['phase']
