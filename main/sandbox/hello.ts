/**
 * A static Linux program of about 200 bytes that prints one line and ends, so that sandbox images can be run.
 * An ELF header, one loadable segment, and two system calls: write(1, line, length), exit(0).
 */
export function helloProgram(architecture: string, line: string): Uint8Array {
  const text = Buffer.from(`${line}\n`)
  const code = architecture === 'arm64' ? arm64(text.length) : amd64(text.length)
  const sizeBytes = HEADERS + code.length + text.length
  const head = Buffer.alloc(HEADERS)
  head.write('\u007fELF\u0002\u0001\u0001', 0, 'latin1') // 64 bits, little-endian, version 1
  head.writeUInt16LE(2, 16) // executable
  head.writeUInt16LE(architecture === 'arm64' ? 0xb7 : 0x3e, 18)
  head.writeUInt32LE(1, 20)
  head.writeBigUInt64LE(BigInt(BASE + HEADERS), 24) // entry
  head.writeBigUInt64LE(64n, 32) // program headers begin here
  head.writeUInt16LE(64, 52) // size of this header
  head.writeUInt16LE(56, 54) // size of a program header
  head.writeUInt16LE(1, 56) // and their number
  head.writeUInt32LE(1, 64) // PT_LOAD
  head.writeUInt32LE(5, 68) // readable, executable
  head.writeBigUInt64LE(BigInt(BASE), 80)
  head.writeBigUInt64LE(BigInt(BASE), 88)
  head.writeBigUInt64LE(BigInt(sizeBytes), 96)
  head.writeBigUInt64LE(BigInt(sizeBytes), 104)
  head.writeBigUInt64LE(0x1_0000n, 112) // alignment, good for 64 kB pages
  return Buffer.concat([head, code, text])
}

const HEADERS = 64 + 56
const BASE = 0x40_0000

/** The text follows the code at once; both programs address it relative to themselves. */
function amd64(length: number): Uint8Array {
  const code = Buffer.from(
    'b801000000' + // mov eax, 1 (write)
      'bf01000000' + // mov edi, 1
      '488d3510000000' + // lea rsi, [rip + 16]
      'ba00000000' + // mov edx, length
      '0f05' + // syscall
      'b83c000000' + // mov eax, 60 (exit)
      '31ff' + // xor edi, edi
      '0f05', // syscall
    'hex',
  )
  code.writeUInt32LE(length, 18)
  return code
}

function arm64(length: number): Uint8Array {
  const code = Buffer.alloc(32)
  const instructions = [
    0xd2800808, // mov x8, #64 (write)
    0xd2800020, // mov x0, #1
    0x100000c1, // adr x1, #24
    0xd2800002 + length * 32, // mov x2, #length
    0xd4000001, // svc #0
    0xd2800ba8, // mov x8, #93 (exit)
    0xd2800000, // mov x0, #0
    0xd4000001, // svc #0
  ]
  for (const [index, instruction] of instructions.entries()) {
    code.writeUInt32LE(instruction, index * 4)
  }
  return code
}
