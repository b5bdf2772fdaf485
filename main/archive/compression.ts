import type { ByteSource } from './read-ahead.ts'

/** How the bytes from an offset on are compressed, by how they begin; undefined when they are not. */
export async function compressionAt(
  source: ByteSource,
  offset: number,
): Promise<'gzip' | 'zstd' | undefined> {
  const magic = Buffer.alloc(4)
  await source.read(magic, offset)
  if (magic.toString('hex', 0, 2) === '1f8b') return 'gzip' // RFC 1952, 2.3.1
  return magic.toString('hex') === '28b52ffd' ? 'zstd' : undefined // RFC 8878, 3.1.1
}
