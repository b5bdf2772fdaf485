import { z } from 'zod'
import { isDigest } from '../../registry/reference.ts'

/** A line of `history.jsonl`: what was done with one tarball. Strangers may have written it. */
export const historyEntry = z.object({
  at: z.iso.datetime(),
  what: z.enum(['saved', 'verified', 'loaded', 'pushed']),
  ok: z.boolean(),
  /** Name of the tarball, without the number of a part. */
  file: z.string().min(1).max(255),
  /** Sizes and times of its files then; see `stampOf`. */
  stamp: z.string().max(30_000),
  /** Of this application. */
  version: z.string().max(50),
  reference: z.string().max(1000).optional(),
  digest: z.string().refine(isDigest).optional(),
  /** The engine that took it, its name in the registry that did, or what was wrong. */
  detail: z.string().max(500).optional(),
  /** Of reading back: whether the medium itself answered, or possibly the system's cache. */
  readFrom: z.enum(['medium', 'cache']).optional(),
})

export type HistoryEntry = z.output<typeof historyEntry>

/** The lines that are entries, in their order; a line torn by a drive that was pulled out is passed over. */
export function parseHistory<Entry>(text: string, schema: z.ZodType<Entry>): Entry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = schema.safeParse(JSON.parse(line))
      return parsed.success ? [parsed.data] : []
    } catch {
      return []
    }
  })
}
