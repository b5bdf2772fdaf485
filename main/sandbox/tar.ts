/** A member of a generated layer. */
export interface TarMember {
  readonly path: string
  readonly mode: number
  readonly type: 'file' | 'folder'
  readonly bytes: Uint8Array
}

const BLOCK = 512
const MODIFIED = 1_714_521_600 // 2024-05-01T00:00:00Z: one fixed date, so that equal seeds give equal digests

/** A whole tar archive in memory: POSIX ustar, owned by root, ended by two empty blocks. */
export function tar(members: readonly TarMember[]): Uint8Array {
  const pieces: Uint8Array[] = []
  for (const member of members) {
    pieces.push(header(member), member.bytes)
    const rest = member.bytes.length % BLOCK
    if (rest > 0) pieces.push(new Uint8Array(BLOCK - rest))
  }
  pieces.push(new Uint8Array(2 * BLOCK))
  return Buffer.concat(pieces)
}

function header(member: TarMember): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, '0'), at, 'ascii')
  }
  const path = member.type === 'folder' ? `${member.path}/` : member.path
  if (Buffer.byteLength(path) > 100) throw new RangeError(`too long for a generated layer: ${path}`)
  block.write(path, 0)
  octal(member.mode, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(member.bytes.length, 124, 11)
  octal(MODIFIED, 136, 11)
  block.write('        ', 148)
  block.write(member.type === 'folder' ? '5' : '0', 156)
  block.write('ustar\u000000', 257)
  let sum = 0
  for (const byte of block) sum += byte
  octal(sum, 148, 6)
  block.write('\u0000 ', 154)
  return block
}
