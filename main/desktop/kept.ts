import { z } from 'zod'
import { jobs, type Job } from './transfers/job-schema.ts'

/** What a selection may hold: so many references, each so long, for so many platforms. */
export const selectionBounds = { references: 10_000, characters: 512, platforms: 20 }

/** Everything the desktop keeps on disk, each in a file of its own, parsed when read and versioned. */
export const kept = {
  settings: {
    schema: z.object({
      version: z.literal(1),
      theme: z.enum(['system', 'light', 'dark']),
      projects: z.array(z.string().max(200)).min(1).max(100),
      platform: z.enum(['linux/amd64', 'linux/arm64', 'all']),
      source: z.enum(['registry', 'docker']).default('registry'),
      jobs: z.int().min(1).max(16),
      connections: z.int().min(1).max(64),
      limitBytesPerSecond: z.number().positive().optional(),
      maxFileSizeBytes: z.number().positive().optional(),
      verifyAfterWrite: z.enum(['removable', 'always', 'never']),
      withApp: z.boolean().default(false),
      /** Without its password, which is among the secrets. */
      proxy: z.string().max(500),
      extraCertificates: z
        .array(z.object({ id: z.string(), name: z.string(), subject: z.string(), pem: z.string() }))
        .max(100),
      site: z
        .object({
          catalog: z.string().optional(),
          auth: z.string().optional(),
          registry: z.string().optional(),
          dgx: z.string().optional(),
          registryName: z.string().optional(),
          insecure: z.boolean().optional(),
        })
        .optional(),
    }),
    initial: {
      version: 1,
      theme: 'system',
      projects: ['nvidia'],
      platform: 'linux/amd64',
      source: 'registry',
      jobs: 2,
      connections: 16,
      verifyAfterWrite: 'removable',
      withApp: false,
      proxy: '',
      extraCertificates: [],
    },
  },
  session: {
    schema: z.object({
      version: z.literal(1),
      kind: z.enum(['none', 'guest', 'sandbox', 'key']),
      keyKind: z.enum(['personal', 'legacy', 'dgx']).optional(),
      org: z.string().optional(),
      userName: z.string().optional(),
    }),
    initial: { version: 1, kind: 'none' },
  },
  selection: {
    schema: z.object({
      version: z.literal(1),
      references: z
        .array(z.string().max(selectionBounds.characters))
        .max(selectionBounds.references),
      /** Of those that came from a list. */
      platforms: z
        .record(z.string(), z.array(z.string().max(100)).max(selectionBounds.platforms))
        .optional(),
      platform: z.enum(['linux/amd64', 'linux/arm64', 'all']).optional(),
    }),
    initial: { version: 1, references: [] },
  },
  places: {
    schema: z.object({ version: z.literal(1), recent: z.array(z.string()).max(100) }),
    initial: { version: 1, recent: [] },
  },
  /** Where was pushed to last; no password. */
  push: {
    schema: z.object({
      version: z.literal(1),
      to: z.string().max(500),
      username: z.string().max(200),
      isInsecureAllowed: z.boolean(),
    }),
    initial: { version: 1, to: '', username: '', isInsecureAllowed: false },
  },
  speeds: {
    schema: z.object({
      version: z.literal(1),
      lineBytesPerSecond: z.number().positive().optional(),
    }),
    initial: { version: 1 },
  },
  transfers: {
    schema: z.object({ version: z.literal(1), jobs }),
    initial: { version: 1, jobs: [] as Job[] },
  },
} as const

export type KeepName = keyof typeof kept
export type Kept = { [Name in KeepName]: z.output<(typeof kept)[Name]['schema']> }
