import { z } from 'zod'

/** Pieces of input that several calls share; every text and list has a bound. */

export const short = z.string().min(1).max(200)
export const path = z.string().min(1).max(255)
/** A folder that main handed out; see `Place`. */
export const grant = z.string().min(1).max(64)
/** Files and folders that were dropped on the window. */
export const dropped = z.strictObject({ paths: z.array(z.string().max(4_096)).max(100) })
/** Of images in a library. */
export const ids = z.array(short).max(10_000)
export const platform = z.enum(['linux/amd64', 'linux/arm64', 'all'])
export const reference = z.string().min(1).max(512)
export const references = z.array(reference).max(10_000)

export const rules = z.strictObject({
  projects: z.array(short).max(100),
  images: z.array(short).max(100),
  strictNameMatch: z.boolean(),
  minVersion: short.optional(),
  pyVersion: short.optional(),
  exclude: z.array(short).max(100),
  latest: z.number().int().min(1).max(1_000_000).optional(),
})

const address = z.string().max(500)

/** What is absent stays as it is; null takes a limit away. */
export const settingsChange = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).optional(),
  projects: z.array(short).min(1).max(100).optional(),
  platform: platform.optional(),
  source: z.enum(['registry', 'docker']).optional(),
  jobs: z.number().int().min(1).max(16).optional(),
  connections: z.number().int().min(1).max(64).optional(),
  limitBytesPerSecond: z.number().int().min(1).nullable().optional(),
  maxFileSizeBytes: z.number().int().min(1_000_000).nullable().optional(),
  verifyAfterWrite: z.enum(['removable', 'always', 'never']).optional(),
  withApp: z.boolean().optional(),
  proxy: address.optional(),
  site: z
    .strictObject({
      catalog: address.optional(),
      auth: address.optional(),
      registry: address.optional(),
      dgx: address.optional(),
      registryName: address.optional(),
      insecure: z.boolean().optional(),
    })
    .nullable()
    .optional(),
})

export function id() {
  return z.strictObject({ id: short })
}

/** Some transfers by their ids, or all. */
export function some() {
  return z.strictObject({ ids: z.union([z.literal('all'), z.array(short).max(10_000)]) })
}

/** A comparison that was shown; `isSwapped` when its two sides changed places. */
export const compared = z.strictObject({ id: short, isSwapped: z.boolean() })
