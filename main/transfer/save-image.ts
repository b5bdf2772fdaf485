import { join } from 'node:path'
import { Readable } from 'node:stream'
import { destinationError } from '../archive/destination-error.ts'
import type { WrittenFile } from '../archive/destination-files.ts'
import { bindingOf } from '../archive/journal-records.ts'
import { Journal } from '../archive/journal.ts'
import type { LayoutMember } from '../archive/layout.ts'
import { earlierName, journalName } from '../archive/name.ts'
import { openPartial, removePartial, type PartialTarball } from '../archive/partial.ts'
import { removeSetAside, setAside } from '../archive/set-aside.ts'
import { writeTarball, type BegunBlob, type WriteProgress } from '../archive/write.ts'
import { freeBytesOf, spaceOf } from '../disk/space.ts'
import { placesInPartial } from '../library/held-places.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { createHasher, verified, WrongBytes, type Hasher } from '../registry/verified-stream.ts'
import type { FetchAhead } from './fetch-ahead/fetch-ahead.ts'
import type { HeldBlobs } from './held-blobs.ts'
import { HeldBlobDamaged } from './read-held.ts'

export interface SaveParts {
  /** What is not in the destination comes from there. */
  readonly source: Pick<FetchAhead, 'expect' | 'blob'>
  /** What the line brings; undefined where that is not known, or where nothing is to be fetched that the drive holds. */
  readonly lineBytesPerSecond?: (() => number | undefined) | undefined
  readonly held: HeldBlobs
  readonly folder: string
  readonly maxFileSizeBytes?: number | undefined
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined
  /** Bytes that came over the line. */
  readonly onFetched?: ((bytes: number) => void) | undefined
  /** The drive is full, and so many bytes are missing; it goes on by itself. Without it, a full drive is a failure. */
  readonly onWaiting?: ((missingBytes: number) => void) | undefined
  /** What the user should know, and it goes on. */
  readonly onWarned?: ((message: string) => void) | undefined
  /** Reads again what an earlier run wrote, instead of trusting its journal. */
  readonly check?: boolean | undefined
}

/**
 * Writes one image as a tarball, from where an earlier run ended; each layer comes from the destination where it is there
 * already, else from the registry. A layer that came wrong is fetched once more from its start. What was written stays,
 * with its journal, when it fails, and the journal stays when it does not: `removeJournal` once the image is recorded.
 */
export async function saveImage(
  image: ImageToSave,
  parts: SaveParts,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const wrong = new Set<Digest>()
  for (;;) {
    try {
      return await writeOnce(image, parts, signal)
    } catch (error) {
      if (error instanceof HeldBlobDamaged) {
        // The drive gave wrong bytes for a layer that should have been there: once more, without that tarball.
        parts.held.forget(error.tarball)
        continue
      }
      // They may have been changed on this one way here.
      if (!(error instanceof WrongBytes) || wrong.has(error.digest)) throw error
      wrong.add(error.digest)
      parts.onWarned?.(`${error.message} It is fetched once more.`)
    }
  }
}

async function writeOnce(
  image: ImageToSave,
  parts: SaveParts,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  /** What this tarball fetches and others may wait for. */
  const claimed = new Map<Digest, LayoutMember>()
  try {
    return await write(image, parts, claimed, signal)
  } catch (error) {
    for (const digest of claimed.keys()) parts.held.abandoned(digest)
    parts.held.forget(image.name)
    throw error
  }
}

async function write(
  image: ImageToSave,
  parts: SaveParts,
  claimed: Map<Digest, LayoutMember>,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const { layout, name } = image
  const { held, source, folder, maxFileSizeBytes, onFetched } = parts
  const { lineBytesPerSecond = () => undefined, onWarned } = parts
  let isSlownessTold = false
  const blobs = new Map<Digest, LayoutMember>()
  for (const member of layout.members) {
    if (member.source.kind === 'blob') blobs.set(member.source.descriptor.digest, member)
  }
  const partial = await held.first(async () => {
    const found = await findPartial(image, parts, signal)
    for (const [digest, member] of blobs) {
      if (isBegun(member, found?.sizeBytes ?? 0) && held.claim(digest)) claimed.set(digest, member)
    }
    return found
  })
  const removeEarlier = async (): Promise<boolean> => {
    held.forget(earlierName(name))
    return await removeSetAside(folder, name)
  }
  const moreSpace = parts.onWaiting && spaceOf(folder, { waiting: parts.onWaiting }, signal)
  const awaitSpace =
    moreSpace &&
    (async (bytes: number): Promise<void> => {
      if (!(await removeEarlier())) await moreSpace(bytes)
    })
  const begunBytes = partial?.sizeBytes ?? 0
  const neededBytes = layout.sizeBytes - begunBytes
  if (awaitSpace && (await freeBytesOf(folder)) < neededBytes) await awaitSpace(neededBytes)
  const journal = await Journal.begin(join(folder, journalName(name)), {
    binding: bindingOf(layout, maxFileSizeBytes),
    parts: partial?.closed ?? [],
    durableBytes: begunBytes,
  }).catch((error: unknown) => {
    throw destinationError(error, join(folder, journalName(name)))
  })

  const openBlob = async (
    descriptor: Descriptor,
    _signal: AbortSignal,
    begun?: BegunBlob,
  ): Promise<Readable> => {
    const taken = claimed.has(descriptor.digest)
      ? ({ from: 'line', isClaimed: true } as const)
      : await held.take(descriptor, lineBytesPerSecond, signal)
    const member = blobs.get(descriptor.digest)
    if (taken.from === 'line' && taken.isClaimed && member) claimed.set(descriptor.digest, member)
    if (taken.from === 'line' && !taken.isClaimed && !isSlownessTold) {
      isSlownessTold = true
      onWarned?.(
        `${folder} reads slower than the line brings: ${name} fetches again what is there.`,
      )
    }
    const stream = taken.from === 'drive' ? taken.stream : undefined
    const from = begun && {
      offset: begun.offset,
      hasher: await hashed(begun.read(), (doneBytes) =>
        tellChecked(parts, begunBytes, doneBytes, begun.offset),
      ),
    }
    if (stream && from) {
      // What was begun came from elsewhere: the whole is right only if both together are.
      const { digest, size: sizeBytes } = descriptor
      return Readable.from(
        verified(withoutFirst(stream, from.offset), { digest, sizeBytes, name }, from),
      )
    }
    if (stream) return stream
    return source.blob(image.reference, descriptor, { signal, from, onBytes: onFetched })
  }
  /** A blob is right when something follows it. */
  const announce = (writtenBytes: number): void => {
    for (const [digest, { dataOffset, sizeBytes }] of claimed) {
      if (dataOffset + sizeBytes >= writtenBytes) continue
      held.written(digest, { name, offset: dataOffset })
      claimed.delete(digest)
    }
  }
  const expected = layout.members.flatMap((member) =>
    member.source.kind === 'blob' && member.dataOffset >= begunBytes
      ? [{ repository: image.reference, descriptor: member.source.descriptor }]
      : [],
  )
  const forget = source.expect(expected, (digest) => !held.has(digest))
  try {
    for (const [digest, { dataOffset, sizeBytes }] of blobs) {
      if (dataOffset + sizeBytes < begunBytes) held.written(digest, { name, offset: dataOffset })
    }
    const onProgress = (progress: WriteProgress): void => {
      announce(progress.writtenBytes)
      parts.onProgress?.(progress)
    }
    const { files } = await writeTarball(
      {
        layout,
        folder,
        name,
        maxFileSizeBytes,
        openBlob,
        onProgress,
        partial,
        journal,
        awaitSpace,
      },
      signal,
    )
    held.finished(name)
    await removeEarlier()
    return files
  } finally {
    forget()
    await journal.close()
  }
}

/** Some of it was written, and nothing behind it. */
function isBegun({ dataOffset, sizeBytes }: LayoutMember, begunBytes: number): boolean {
  return dataOffset < begunBytes && begunBytes <= dataOffset + sizeBytes
}

/** What is there to go on with; what is not of this image is removed, and told. */
async function findPartial(
  { layout, name }: ImageToSave,
  parts: SaveParts,
  signal: AbortSignal,
): Promise<PartialTarball | undefined> {
  const { folder, held, maxFileSizeBytes, check, onWarned } = parts
  const onChecked = (doneBytes: number, totalBytes: number): void =>
    tellChecked(parts, totalBytes, doneBytes, totalBytes)
  const found = await openPartial(
    { folder, name, layout, maxFileSizeBytes, check, onChecked },
    signal,
  )
  if (found.kind === 'usable') {
    if (found.note !== undefined)
      onWarned?.(`${name}: ${found.note} It is fetched again from there.`)
    return found.partial
  }
  if (found.kind === 'none') return undefined
  onWarned?.(`What was left of ${name} ${found.why}: it is begun afresh.`)
  held.forget(name)
  if (found.kind === 'useless') {
    await removePartial(folder, name)
  } else {
    await setAside(folder, name).catch((error: unknown) => {
      throw destinationError(error, join(folder, name))
    })
    held.learn(await placesInPartial(folder, earlierName(name), signal))
  }
  return undefined
}

async function hashed(bytes: Readable, told: (doneBytes: number) => void): Promise<Hasher> {
  const hasher = createHasher()
  let doneBytes = 0
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    await hasher.update(chunk)
    doneBytes += chunk.length
    told(doneBytes)
  }
  return hasher
}

/** Of a tarball of which so many bytes are there, some are read again. */
function tellChecked(
  { onProgress }: SaveParts,
  presentBytes: number,
  doneBytes: number,
  totalBytes: number,
): void {
  onProgress?.({
    phase: 'checking',
    writtenBytes: presentBytes,
    durableBytes: presentBytes,
    checked: { doneBytes, totalBytes },
  })
}

async function* withoutFirst(
  stream: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const chunk of stream) {
    const fresh = chunk.subarray(left)
    left -= chunk.length - fresh.length
    if (fresh.length > 0) yield fresh
  }
}
