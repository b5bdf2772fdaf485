import { join } from 'node:path'
import { destinationError } from '../archive/destination-error.ts'
import type { WrittenFile } from '../archive/destination-files.ts'
import { bindingOf } from '../archive/journal-records.ts'
import { Journal } from '../archive/journal.ts'
import { earlierName, journalName } from '../archive/name.ts'
import { removeSetAside } from '../archive/set-aside.ts'
import { writeTarball, type WriteProgress } from '../archive/write.ts'
import { freeBytesOf, spaceOf } from '../disk/space.ts'
import { giveBack } from '../net/read-memory.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { Digest } from '../registry/reference.ts'
import { WrongBytes } from '../registry/verified-stream.ts'
import { Claims } from './claims.ts'
import type { BlobToFetch } from './fetch-ahead/flow.ts'
import { findPartial } from './find-partial.ts'
import { blobOpener } from './open-blob.ts'
import { HeldBlobDamaged } from './read-held.ts'
import type { SaveParts } from './save-parts.ts'

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
  const claims = new Claims(parts.held, image.name, image.layout)
  try {
    return await write(image, parts, claims, signal)
  } catch (error) {
    claims.abandon()
    parts.held.forget(image.name)
    throw error
  }
}

async function write(
  image: ImageToSave,
  parts: SaveParts,
  claims: Claims,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const { layout, name } = image
  const { held, source, folder, maxFileSizeBytes } = parts
  /** Of a tarball of which so many bytes are there, some are read again. */
  const tellChecked = (presentBytes: number, doneBytes: number, totalBytes: number): void =>
    parts.onProgress?.({
      phase: 'checking',
      writtenBytes: presentBytes,
      durableBytes: presentBytes,
      checked: { doneBytes, totalBytes },
    })
  const partial = await held.first(async () => {
    const found = await findPartial(
      image,
      parts,
      (doneBytes, totalBytes) => tellChecked(totalBytes, doneBytes, totalBytes),
      signal,
    )
    claims.claimBegun(found?.sizeBytes ?? 0)
    return found
  })
  const begunBytes = partial?.sizeBytes ?? 0
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
  const neededBytes = layout.sizeBytes - begunBytes
  if (awaitSpace && (await freeBytesOf(folder)) < neededBytes) await awaitSpace(neededBytes)
  const journal = await Journal.begin(join(folder, journalName(name)), {
    binding: bindingOf(layout, maxFileSizeBytes),
    parts: partial?.closed ?? [],
    durableBytes: begunBytes,
  }).catch((error: unknown) => {
    throw destinationError(error, join(folder, journalName(name)))
  })
  const expect = (): (() => void) =>
    source.expect(blobsAfter(begunBytes, image), (digest) => !held.has(digest))
  let forget = begunBytes === 0 ? expect() : undefined
  try {
    claims.tellPresent(begunBytes)
    const open = blobOpener(image, parts, claims, (doneBytes, totalBytes) =>
      tellChecked(begunBytes, doneBytes, totalBytes),
    )
    const openBlob: typeof open = async (...blob) => {
      const stream = await open(...blob)
      // While what is there is read again nothing is fetched ahead of it: the next sudden end would lose that.
      forget ??= expect()
      return stream
    }
    const onProgress = (progress: WriteProgress): void => {
      claims.tellWritten(progress.writtenBytes)
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
        taken: giveBack,
      },
      signal,
    )
    held.finished(name)
    await removeEarlier()
    return files
  } finally {
    forget?.()
    await journal.close()
  }
}

/** What may be fetched ahead: blobs of which nothing is there yet. */
function blobsAfter(begunBytes: number, { layout, reference }: ImageToSave): BlobToFetch[] {
  return layout.members.flatMap(({ source, dataOffset }) =>
    source.kind === 'blob' && dataOffset >= begunBytes
      ? [{ repository: reference, descriptor: source.descriptor }]
      : [],
  )
}
