import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keepBegunUploads } from '../../main/registry/upload/begun-uploads.ts'
import { noise } from '../../main/sandbox/image.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import type { UploadRules } from '../support/memory-registry.ts'
import {
  against,
  describeBlob,
  sentTo,
  sourceOf,
  uploading,
  type UploadStage,
} from '../support/upload-stage.ts'

// More than the system takes off a sender's hands before the other side reads it.
const bytes = Buffer.from(noise('begun', 48_000_000))
const blob = describeBlob(bytes)
const week = 7 * 24 * 60 * 60_000

/** A run that was ended when 4 MB of the blob were at the registry, and the folder where it noted that. */
async function ended(rules: UploadRules = {}): Promise<UploadStage & { folder: string }> {
  const folder = await temporaryFolder()
  const stop = new AbortController()
  const stopping = { ...rules, received: (count: number) => count > 4_000_000 && stop.abort() }
  const stage = await against(stopping, { begun: keepBegunUploads(folder) })
  const { uploads, at, registry } = stage
  await expect(uploads.sendBlob(at, blob, sourceOf(bytes), {}, stop.signal)).rejects.toThrow()
  delete registry.rules.received
  return { ...stage, folder }
}

describe('an upload that a run did not end', () => {
  test('is gone on with by the next, which hashes what was sent', async () => {
    const { registry, at, folder, starts } = await ended()
    const told: number[] = []
    const options = { onProgress: (count: number) => told.push(count) }
    const next = uploading({ begun: keepBegunUploads(folder) })
    await next.sendBlob(at, blob, sourceOf(bytes, starts), options)
    expect(registry.blobs.get(`team/app@${blob.digest}`)?.equals(bytes)).toBe(true)
    expect(sentTo(registry)).toBe(bytes.length)
    expect(starts).toEqual([0, told[0]])
    expect(told[0]).toBeGreaterThan(4_000_000)
    expect(await keepBegunUploads(folder).find(at, blob.digest)).toBeUndefined()
  })

  test('is not completed with a source that has other bytes by now', async () => {
    const { registry, at, folder } = await ended()
    const changed = Buffer.from(bytes)
    changed[100]! ^= 1
    const next = uploading({ begun: keepBegunUploads(folder) })
    await expect(next.sendBlob(at, blob, sourceOf(changed))).rejects.toMatchObject({
      code: 'digest-mismatch',
    })
    expect(registry.blobs.size).toBe(0)
  })

  test.each<[string, UploadRules]>([
    ['has forgotten it', { isForgetful: true }],
    ['does not tell how far it is', { refuses: { status: 405 } }],
    ['fails when it is asked', { refuses: { status: 500 } }],
    ['says that it has more than there is', { range: () => '0-99999999' }],
  ])('is begun anew where the registry %s', async (_, rules) => {
    const { registry, at, folder, starts } = await ended(rules)
    const next = uploading({ begun: keepBegunUploads(folder) })
    await next.sendBlob(at, blob, sourceOf(bytes, starts))
    expect(starts).toEqual([0])
    expect(registry.blobs.has(`team/app@${blob.digest}`)).toBe(true)
  })

  test('is noted where nobody else may read it, for a week', async () => {
    const { at, folder } = await ended()
    const path = join(folder, 'uploads.json')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const later = (ms: number) => keepBegunUploads(folder, () => Date.now() + ms)
    expect(await later(week - 60_000).find(at, blob.digest)).toBeDefined()
    expect(await later(week + 1).find(at, blob.digest)).toBeUndefined()
    expect(await later(0).find({ ...at, repository: 'team/other' }, blob.digest)).toBeUndefined()
  })

  test('is left alone while another run is at it', async () => {
    const { at, folder, starts } = await ended()
    const path = join(folder, 'uploads.json')
    const note = await readFile(path, 'utf8')
    await writeFile(path, note.replace(`"pid":${process.pid}`, `"pid":${process.ppid}`))
    const next = uploading({ begun: keepBegunUploads(folder) })
    await next.sendBlob(at, blob, sourceOf(bytes, starts))
    expect(starts).toEqual([0])
  })

  test.each(['', '[{"registry": 3}]', 'not JSON'])(
    'is begun anew where the note is “%s”',
    async (note) => {
      const { at, folder, starts } = await ended()
      await writeFile(join(folder, 'uploads.json'), note)
      const next = uploading({ begun: keepBegunUploads(folder) })
      await next.sendBlob(at, blob, sourceOf(bytes, starts))
      expect(starts).toEqual([0])
      expect(await readFile(join(folder, 'uploads.json'), 'utf8')).toBe('[]')
    },
  )
})
