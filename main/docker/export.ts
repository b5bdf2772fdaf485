import { addAbortSignal } from 'node:stream'
import { AppError } from '../api/errors.ts'
import { ArchiveMembers } from '../archive/archive-members.ts'
import { LARGEST_DOCUMENT_BYTES } from '../archive/documents.ts'
import type { TarballImage } from '../archive/image.ts'
import { readDocker } from '../archive/read-docker.ts'
import { readOci } from '../archive/read-oci.ts'
import { walkMembers, type TarMember } from '../archive/tar-members.ts'
import { engineFailure } from './failure.ts'
import { ForwardBytes } from './forward-bytes.ts'
import { openExport, type OpenExport } from './open-export.ts'
import type { SocketEngine } from './socket-engine.ts'

/**
 * Streams an image out of an engine, as `docker save` does, to `use`; the stream is ended when that is done or the signal
 * comes. Throws AppError `engine`, and what `use` throws.
 */
export async function withExport<Result>(
  engine: SocketEngine,
  id: string,
  use: (bytes: ForwardBytes) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  let opened: OpenExport | undefined
  try {
    opened = await openExport(engine, id, signal)
    return await use(new ForwardBytes(addAbortSignal(signal, opened.body)))
  } catch (error) {
    signal.throwIfAborted()
    throw engineFailure(error, engine.facts.name)
  } finally {
    opened?.body.destroy()
    await opened?.close?.()
  }
}

/**
 * Reads what an exported image is, and where its layers are in the stream. All of it has to go by: an engine puts its
 * lists last, and tells the sizes of layers nowhere else. Throws AppError `protocol` unless it is one image.
 */
export async function readExport(
  forward: ForwardBytes,
  signal: AbortSignal,
): Promise<TarballImage> {
  const documents = new Map<number, Uint8Array>()
  const endless = { sizeBytes: Number.MAX_SAFE_INTEGER, read: async () => 0 }
  const walk = walkMembers(endless, signal, forward.read)
  const members: TarMember[] = []
  for (;;) {
    const next = await walk.next()
    if (next.done === true) {
      if (next.value.kind === 'marked') break
      throw new AppError('engine', 'The engine ended the image before it was all there.')
    }
    members.push(next.value)
    const { type, sizeBytes, dataOffset } = next.value
    if (type !== 'file' || sizeBytes > LARGEST_DOCUMENT_BYTES) continue
    const bytes = await forward.read(dataOffset, sizeBytes)
    // JSON; a layer begins with the name of a file in it, or with the mark of its compression.
    if (bytes[0] === 0x7b || bytes[0] === 0x5b) documents.set(dataOffset, bytes)
  }
  await forward.drain()
  const archive = new ArchiveMembers(
    members,
    async (position) => documents.get(position) ?? new Uint8Array(),
  )
  const index = archive.find('index.json')
  const list = archive.find('manifest.json')
  const images =
    index !== undefined
      ? await readOci(archive, index)
      : list !== undefined
        ? await readDocker(archive, list)
        : []
  const [image] = images
  if (image !== undefined && images.length === 1 && image.missing.length === 0) return image
  throw new AppError('protocol', 'The engine did not give the image that it was asked for.')
}
