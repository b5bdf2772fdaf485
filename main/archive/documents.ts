import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../api/errors.ts'
import { platformSchema } from '../registry/manifest.ts'
import { isDigest, type Digest } from '../registry/reference.ts'
import type { ReadBytes } from './read-ahead.ts'
import type { TarMember } from './tar-members.ts'

/** The small JSON documents of a tarball: only the fields used, whatever else stands there. */

const text = z.string().max(65_536)
const listOfText = z.array(text).max(10_000).nullish()

/** github.com/moby/docker-image-spec: what `docker save` writes as `manifest.json`. */
export const dockerManifestSchema = z
  .array(
    z.object({
      Config: text,
      RepoTags: listOfText,
      Layers: z.array(text).max(4096).nullish(),
    }),
  )
  .max(4096)

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value))

/** OCI image specification 1.1, "Image Configuration". */
export const configSchema = platformSchema.partial().extend({
  created: text.nullish(),
  config: z
    .object({
      Env: listOfText,
      Labels: z.record(z.string(), text).nullish(),
      Entrypoint: listOfText,
      Cmd: listOfText,
    })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(digest).max(4096) }).nullish(),
  history: z
    .array(
      z.object({
        created: text.nullish(),
        created_by: text.nullish(),
        empty_layer: z.boolean().nullish(),
      }),
    )
    .max(10_000)
    .nullish(),
})

export type DockerManifest = z.infer<typeof dockerManifestSchema>
export type ImageConfig = z.infer<typeof configSchema>
export type HistoryEntry = NonNullable<ImageConfig['history']>[number]

/** No document that describes an image is larger; what is, is not read. */
export const LARGEST_DOCUMENT_BYTES = 8 * 1024 * 1024

/** Parses JSON with a schema. Throws AppError `damaged` that names the document. */
export function parseDocument<Output>(
  name: string,
  bytes: Uint8Array,
  schema: z.ZodType<Output>,
): Output {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw new AppError('damaged', `${name} in the tarball is not JSON.`, { cause: error })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
  throw new AppError(
    'damaged',
    `${name} in the tarball is not what it should be${place}: ${issue?.message ?? ''}.`,
  )
}

/** Reads a small member whole. Throws AppError `damaged` when it is too large to be a document, or cut off. */
export async function readDocument(read: ReadBytes, member: TarMember): Promise<Uint8Array> {
  if (member.sizeBytes > LARGEST_DOCUMENT_BYTES) {
    throw new AppError('damaged', `${member.name} in the tarball is too large to be a document.`)
  }
  const bytes = new Uint8Array(await read(member.dataOffset, member.sizeBytes))
  if (bytes.length === member.sizeBytes) return bytes
  throw new AppError('damaged', `${member.name} in the tarball is cut off.`)
}

export function digestOfBytes(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
