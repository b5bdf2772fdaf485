import { open, type FileHandle } from 'node:fs/promises'
import { createSha256, sharedBytes, type Sha256 } from './sha256.ts'

const SLAB_BYTES = 1024 * 1024

/**
 * The hash of a file that was begun earlier: reads what is there beside the writing that goes on, and follows it to the
 * end, so that going on with a large file need not wait until it has been read.
 */
export function createCatchUpHash(path: string, sizeBytes: number): Sha256 {
  const state = { knownBytes: sizeBytes, isEnded: false, isDropped: false }
  let wake: (() => void) | undefined

  const follow = async (): Promise<string> => {
    const sha256 = createSha256()
    let file: FileHandle | undefined
    try {
      file = await open(path, 'r')
      const slab = sharedBytes(SLAB_BYTES)
      for (let at = 0; !state.isDropped;) {
        if (at < state.knownBytes) {
          const wanted = Math.min(SLAB_BYTES, state.knownBytes - at)
          const { bytesRead } = await file.read(slab, 0, wanted, at)
          if (bytesRead === 0) throw new Error(`${path} became shorter`)
          await sha256.update(slab.subarray(0, bytesRead))
          at += bytesRead
        } else if (state.isEnded) {
          return await sha256.digest()
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
      return ''
    } finally {
      sha256.drop()
      await file?.close()
    }
  }
  const following = follow()
  following.catch(() => undefined) // met where the digest is asked for

  return {
    /** The bytes are read back from the file: their memory is free at once. */
    async update(bytes) {
      state.knownBytes += bytes.length
      wake?.()
    },
    async digest() {
      state.isEnded = true
      wake?.()
      // FUSE drives may not show one reader what another is writing: then all is read once more at the end.
      return await following.catch(follow)
    },
    drop() {
      state.isDropped = true
      wake?.()
    },
  }
}
