import type { TransferRow } from '../../api/shapes.ts'
import type { WriteProgress } from '../../archive/write.ts'
import { lineBytes, type PullProgress } from '../../docker/pull.ts'
import { createSpeed } from '../../transfer/speed.ts'
import type { PlannedImage, SaveUpdate } from '../saving/saving.ts'

/** What is only known while the application runs: bytes and speed of the last time that a job ran. Never kept on disk. */
export class Attempt {
  readonly controller = new AbortController()
  planned: PlannedImage | undefined
  progress: WriteProgress = { phase: 'downloading', writtenBytes: 0, durableBytes: 0 }
  /** While an engine pulls the image. */
  pull: PullProgress | undefined
  fetchedBytes = 0
  verifiedBytes: number | undefined
  /** That a full drive lacks, while it is waited for. */
  missingBytes: number | undefined
  #isBegun = false
  #speed = createSpeed()

  /** What is heard while it runs. */
  apply(update: SaveUpdate): void {
    const { planned, pull, progress, fetchedBytes, verifiedBytes, missingBytes } = update
    if (planned) this.planned = planned
    if (pull) this.#pulled(pull)
    if (progress) this.#advance(progress)
    this.fetchedBytes += fetchedBytes ?? 0
    this.verifiedBytes = verifiedBytes ?? this.verifiedBytes
    this.missingBytes = missingBytes ?? this.missingBytes
  }

  /** What an earlier attempt wrote is where this one begins, and no speed. */
  #advance(progress: WriteProgress): void {
    // An engine took its time before this, and wrote nothing.
    const { phase, totalBytes } = this.progress
    if (phase === 'saving' && totalBytes === undefined) this.#speed = createSpeed()
    const gained = progress.writtenBytes - this.progress.writtenBytes
    if (this.#isBegun) this.#speed.add(Math.max(0, gained))
    this.#isBegun = true
    this.progress = progress
    this.missingBytes = undefined
    this.pull = undefined
  }

  #pulled(pull: PullProgress): void {
    const gained = lineBytes(pull) - lineBytes(this.pull ?? pull)
    this.#speed.add(Math.max(0, gained))
    this.pull = pull
  }

  bytesPerSecond(): number | undefined {
    return this.verifiedBytes === undefined ? this.#speed.bytesPerSecond() : undefined
  }

  /** The layers in order, each with how much of it is in the tarball, or in the engine while that pulls. */
  layers(): TransferRow['layers'] {
    if (this.pull) {
      return this.pull.layers.map(({ digest, sizeBytes, pulledBytes }) => {
        return { digest, sizeBytes, doneBytes: pulledBytes }
      })
    }
    const { writtenBytes } = this.progress
    return (this.planned?.layers ?? []).map(({ digest, sizeBytes, dataOffset }) => {
      const doneBytes = Math.min(sizeBytes, Math.max(0, writtenBytes - dataOffset))
      return { digest, sizeBytes, doneBytes }
    })
  }
}
