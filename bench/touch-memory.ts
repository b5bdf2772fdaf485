// `node touch-memory.ts BYTES`: uses so much memory once, and ends.
const PIECE = 256 * 1024 * 1024
const pieces: Buffer[] = []
for (let left = Number(process.argv[2]); left >= PIECE; left -= PIECE)
  pieces.push(Buffer.alloc(PIECE, 1))
