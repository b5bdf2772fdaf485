import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { AppError } from '../api/errors.ts'
import { readSmallFile } from '../disk/small-file.ts'
import { isDigest, parseReference, type Digest } from '../registry/reference.ts'
import { inventory } from './inventory.ts'

/** An image as a library or a selection names it. A selection knows no digest before it is planned. */
export interface NamedImage {
  readonly reference: string
  readonly platform: string
  readonly digest?: Digest | undefined
}

/**
 * The images that a folder holds whole, or that a list names: `missing.json`, or what `inventory --json` and the desktop's
 * export wrote. Throws AppError `usage` for a file that is none of these, `not-found` where nothing is.
 */
export async function imagesAt(path: string, signal?: AbortSignal): Promise<NamedImage[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('not-found', `${path} does not exist.`, { cause })
  })
  if (found.isDirectory()) return wholeImages((await inventory(path, signal)).images)
  return await readImageList(path)
}

/** The images of a list in a file; see `imagesAt`. */
export async function readImageList(path: string): Promise<NamedImage[]> {
  const text = await readSmallFile(path, MOST_LIST_BYTES).catch((cause: unknown) => {
    throw cause instanceof AppError
      ? cause
      : new AppError('usage', `The list ${path} cannot be read.`, { cause })
  })
  return parseImageList(text, path)
}

/** Throws AppError `usage` that names the file when it is no list of images. */
export function parseImageList(text: string, file: string): NamedImage[] {
  try {
    const list = listSchema.parse(JSON.parse(text))
    const { images } = 'rows' in list ? { images: list.rows } : list
    return wholeImages(images)
  } catch (cause) {
    throw new AppError('usage', `${file} is not a list of images.`, {
      hint: 'Such lists are missing.json, which “ngc-replicator compare” writes, and the inventory of a folder as JSON.',
      cause,
    })
  }
}

/** What has a name and a platform and is whole, each once. */
function wholeImages(images: readonly ListedImage[]): NamedImage[] {
  const found = new Map<string, NamedImage>()
  for (const { reference, platform, digest, status = 'complete' } of images) {
    if (!reference || !platform || status !== 'complete' || !isReference(reference)) continue
    const image = { reference, platform, ...(digest && { digest }) }
    found.set(`${reference} ${platform}`, image)
  }
  return [...found.values()]
}

interface ListedImage {
  readonly reference?: string | null | undefined
  readonly platform?: string | null | undefined
  readonly digest?: Digest | null | undefined
  readonly status?: string | undefined
}

/** Far above an inventory of a thousand images with a hundred layers each. */
export const MOST_LIST_BYTES = 64_000_000

const listed = z
  .array(
    z.object({
      reference: z.string().max(1000).nullish(),
      platform: z.string().max(100).nullish(),
      digest: z.string().refine(isDigest).nullish(),
      status: z.string().max(100).optional(),
    }),
  )
  .max(100_000)

const listSchema = z.union([
  z.object({ images: listed, version: z.literal(1).optional() }),
  z.object({ rows: listed }),
])

/** Names within foreign tarballs may be a tag alone, or nothing that a registry could be asked for. */
function isReference(text: string): boolean {
  try {
    parseReference(text)
    return true
  } catch {
    return false
  }
}
