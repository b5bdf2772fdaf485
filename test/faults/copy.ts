import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../main/api/errors.ts'
import { createCore, type CoreOptions } from '../../main/core.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { parseKey } from '../../main/ngc/key.ts'
import { formatReference } from '../../main/registry/reference.ts'
import { noRules } from '../../main/desktop/selection.ts'
import type { Line } from './line.ts'

/** How a run over a faulty line ended. */
export interface Ended {
  /** SHA-256 of each tarball by its reference. */
  readonly saved: ReadonlyMap<string, string>
  readonly failed: ReadonlyMap<string, AppError>
  /** Files of the destination that are tarballs, or were to be. */
  readonly left: readonly string[]
  /** What the storage host sent, headers and all, for each byte that was needed. */
  readonly ratio: number
  readonly notes: readonly string[]
}

export interface CopyOptions {
  readonly line: Line
  readonly named: readonly string[]
  readonly key: string | undefined
  /** All that anybody could have read is added: log, errors, hints. */
  readonly said: string[]
  readonly core?: Partial<CoreOptions>
}

/** Far shorter than in earnest, so that nobody waits; long enough for a busy machine. */
const timing = {
  attempts: 3,
  firstDelayMs: 1,
  longestDelayMs: 10,
  connectTimeoutMs: 1000,
  headersTimeoutMs: 500,
  idleTimeoutMs: 500,
  totalTimeoutMs: 3000,
}

/** Copies images into a folder of their own while the line misbehaves, from the moment that the plan is made. */
export async function copy(
  { line, named, key, said, core: given }: CopyOptions,
  misbehave: (line: Line) => void,
): Promise<Ended> {
  line.mend()
  const folder = await mkdtemp(join(tmpdir(), 'faults-'))
  const core = await createCore({
    site: line.site,
    key: parseKey(key),
    connections: 4,
    network: { proxy: noProxies },
    timing,
    log: (text) => said.push(text),
    waiting: (text) => said.push(text),
    ...given,
  })
  const failed = new Map<string, AppError>()
  const fail = (name: string, error: unknown): void => {
    if (!(error instanceof AppError)) throw error
    failed.set(name, error)
    said.push(error.message, error.hint ?? '', String(error.stack), JSON.stringify(error))
  }
  try {
    const request = { named, rules: noRules, external: [], platform: 'linux/amd64', folder }
    const prepared = await core.plan(request)
    const { images, failures, fetchBytes } = prepared.plan
    for (const { subject, error } of failures) fail(subject, error)
    const saved = new Map<string, string>()
    const before = line.sentBytes()
    misbehave(line)
    const files = new Map<string, string>()
    await core.replicate(
      prepared,
      { jobs: 2 },
      {
        saved: ({ reference }, [file]) => files.set(formatReference(reference), file?.name ?? ''),
        failed: ({ reference }, error) => fail(formatReference(reference), error),
      },
      new AbortController().signal,
    )
    for (const [name, file] of files) {
      const bytes = await readFile(join(folder, file))
      saved.set(name, createHash('sha256').update(bytes).digest('hex'))
    }
    return {
      saved,
      failed,
      left: (await readdir(folder)).filter((file) => file.includes('.tar')),
      ratio: (line.sentBytes() - before) / fetchBytes,
      notes: images.flatMap(({ notes }) => notes),
    }
  } finally {
    await core.close()
    await rm(folder, { recursive: true, force: true })
  }
}
