// `node touch-memory.ts BYTES`: uses so much memory once, and ends.
const PIECE = 256 * 1024 * 1024
const pieces: Buffer[] = []
for (let left = Number(process.argv[2]); left > 0; left -= PIECE)
  pieces.push(Buffer.alloc(Math.min(PIECE, left), 1))
