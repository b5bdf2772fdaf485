import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { AppError, messageOf } from '../api/errors.ts'
import { isOverdone } from '../state/overdone.ts'
import { parseReference, type Reference } from '../registry/reference.ts'

const entry = z.object({ name: z.string().min(1), tag: z.string().min(1).default('latest') })
const fileSchema = z.object({ images: z.array(entry) })

/**
 * Reads the seed's list of images from any registry: `images: [{name: docker.io/library/busybox, tag: '1.36'}]`,
 * or the bare list. A name without a host is Docker Hub's, as it is for `docker pull`.
 * Throws AppError `usage`, naming the file.
 */
export async function readExternalImages(file: string): Promise<Reference[]> {
  const wrong = (why: string): AppError =>
    new AppError('usage', `The list of external images ${file} cannot be used: ${why}.`, {
      hint: 'It is a YAML list of {name, tag}, such as - {name: docker.io/library/busybox, tag: "1.36"}.',
    })
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw wrong(isMissing ? 'it does not exist' : messageOf(error))
  })
  if (isOverdone(text)) throw wrong('it is nested too deeply')
  let data: unknown
  try {
    // Scalars stay text: the tag 1.10 must not become 1.1.
    data = parse(text, { schema: 'failsafe', maxAliasCount: 100 })
  } catch (error) {
    throw wrong(messageOf(error).split('\n', 1)[0] ?? '')
  }
  const parsed = fileSchema.safeParse(Array.isArray(data) ? { images: data } : data)
  if (!parsed.success) {
    const position = parsed.error.issues[0]?.path[1]
    throw wrong(
      typeof position === 'number'
        ? `entry ${position + 1} has no name or tag in words`
        : 'it holds no list of images',
    )
  }
  return parsed.data.images.map(({ name, tag }) => parseReference(`${name}:${tag}`, 'docker.io'))
}
