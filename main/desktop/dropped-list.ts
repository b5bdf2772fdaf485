import { basename } from 'node:path'
import { AppError } from '../api/errors.ts'
import { readSmallFile } from '../disk/small-file.ts'
import { MOST_LIST_BYTES, parseImageList, type NamedImage } from '../library/image-list.ts'

/**
 * What a dropped file holds: a list of images (`missing.json`, an inventory), or a text in which references may stand, one a
 * line. Throws AppError `usage` for all else: folders, tarballs, what is no text or too long.
 */
export async function readDroppedList(
  path: string,
): Promise<{ images: NamedImage[] } | { text: string }> {
  const file = basename(path)
  const text = await readSmallFile(path, MOST_LIST_BYTES).catch((cause: unknown) => {
    const isOfAnotherKind = cause instanceof AppError
    throw refusal(`${file} ${isOfAnotherKind ? 'is no list' : 'cannot be read'}.`, cause)
  })
  if (/^\uFEFF?\s*[{[]/.test(text)) return { images: parseImageList(text, file) }
  if (text.includes('\0') || text.includes('\uFFFD')) throw refusal(`${file} is no list.`)
  if (text.length > MOST_PASTED) throw refusal(`${file} is too long for a list of references.`)
  return { text }
}

function refusal(message: string, cause?: unknown): AppError {
  const hint =
    'Lists are missing.json, an inventory as JSON, or a text with one reference a line. Drop folders and tarballs on the library.'
  return new AppError('usage', message, { hint, cause })
}

/** As `selection.parse` takes it. */
const MOST_PASTED = 200_000
