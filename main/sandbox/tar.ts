import { encodeHeader, END_BYTES, paddingAfter } from '../archive/tar-header.ts'

/** A member of a generated layer. */
export interface TarMember {
  readonly path: string
  readonly mode: number
  readonly type: 'file' | 'folder'
  readonly bytes: Uint8Array
}

/** 2024-05-01T00:00:00Z: one fixed date, so that equal seeds give equal digests. */
const modified = 1_714_521_600

/** A whole tar archive in memory, owned by root. */
export function tar(members: readonly TarMember[]): Uint8Array {
  const pieces = members.flatMap(({ path, mode, type, bytes }) => {
    const isFolder = type === 'folder'
    const attributes = { mode, modified, type: isFolder ? '5' : '0' } as const
    return [
      encodeHeader(isFolder ? `${path}/` : path, bytes.length, attributes),
      bytes,
      new Uint8Array(paddingAfter(bytes.length)),
    ]
  })
  return Buffer.concat([...pieces, new Uint8Array(END_BYTES)])
}
