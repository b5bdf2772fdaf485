import PQueue from 'p-queue'
import { StatusError, throwIfCancelled } from '../net/failure.ts'
import type { Descriptor, Published } from '../registry/manifest.ts'
import type { Reference } from '../registry/reference.ts'
import type { BlobSource } from '../registry/upload/send-blob.ts'
import type { Uploads } from '../registry/upload/uploads.ts'
import { carriedAttestations, carriedSignatures, type CarriedManifest } from './push-carried.ts'
import { createPushedBlobs, damagedFile } from './push-blobs.ts'
import type { PlannedPush, PushPlan } from './push-plan.ts'
import type { OpenBlobs } from './pushable-image.ts'

/** What happens to the images of a push plan, as it happens. */
export interface PushListener {
  started?(push: PlannedPush): void
  /** Bytes of config and layers that are there by now, of `sizeBytes`. */
  progress?(push: PlannedPush, doneBytes: number): void
  pushed?(push: PlannedPush, result: PushResult): void
  failed?(push: PlannedPush, error: unknown): void
  /** Something beside the images went wrong, and the run goes on. */
  warned?(message: string): void
}

export interface PushResult {
  /** That went over the line. */
  readonly sentBytes: number
  /** That the registry had, here or in another repository. */
  readonly savedBytes: number
}

/** Pushes images one by one as they come; layers that several have cross the line once. */
export interface Pusher {
  /** Layers, then signatures, then the manifest: what a name stands for is complete. Throws AppError. */
  push(push: PlannedPush, listener: PushListener, signal: AbortSignal): Promise<PushResult>
}

export interface PushOptions {
  readonly uploads: Uploads
  /** Layers at once. */
  readonly connections: number
}

/** Pushes what a plan has to push. An image that fails is told to the listener and stops nothing else. */
export async function push(
  plan: PushPlan,
  options: PushOptions,
  listener: PushListener,
  signal: AbortSignal,
): Promise<void> {
  const pusher = createPusher(options)
  for (const planned of plan.pushes) {
    throwIfCancelled(signal)
    if (planned.state === 'present') continue
    listener.started?.(planned)
    try {
      listener.pushed?.(planned, await pusher.push(planned, listener, signal))
    } catch (error) {
      throwIfCancelled(signal)
      listener.failed?.(planned, error)
    }
  }
}

export function createPusher({ uploads, connections }: PushOptions): Pusher {
  const blobs = createPushedBlobs(uploads)
  const queue = new PQueue({ concurrency: connections })
  /** Images of an index that are there, by the name that it will have. */
  const ready = new Map<string, number>()

  const pushDocuments = async (
    target: Reference,
    { manifest, blobs: documents }: CarriedManifest,
    name: string,
    signal: AbortSignal,
  ): Promise<void> => {
    for (const { descriptor, bytes } of documents) {
      await blobs.push(target, descriptor, sourceOf(bytes), () => undefined, signal)
    }
    await uploads.putManifest(target, name, manifest, signal)
  }

  const pushBlobs = async (
    { image, target }: PlannedPush,
    opened: OpenBlobs,
    onProgress: (doneBytes: number) => void,
    signal: AbortSignal,
  ): Promise<PushResult> => {
    const stop = new AbortController()
    let failure: { readonly error: unknown } | undefined
    const until = AbortSignal.any([signal, stop.signal])
    const done = new Map<Descriptor, number>()
    const tell = (descriptor: Descriptor, bytes: number): void => {
      done.set(descriptor, bytes)
      onProgress([...done.values()].reduce((sum, count) => sum + count, 0))
    }
    let sentBytes = 0
    let savedBytes = 0
    const pushOne = async (descriptor: Descriptor): Promise<void> => {
      try {
        throwIfCancelled(until)
        const source = opened.source(descriptor)
        const told = (bytes: number): void => tell(descriptor, bytes)
        const pushed = await blobs.push(target, descriptor, source, told, until)
        tell(descriptor, descriptor.size)
        sentBytes += pushed.sentBytes
        if (pushed.how !== 'sent') savedBytes += descriptor.size
      } catch (error) {
        // One layer that cannot be pushed ends the others of its image.
        failure ??= { error: damagedFile(error, image.file, descriptor.digest) }
        stop.abort()
      }
    }
    await Promise.all(image.blobs.map((descriptor) => queue.add(() => pushOne(descriptor))))
    throwIfCancelled(signal)
    if (failure) throw failure.error
    return { sentBytes, savedBytes }
  }

  /** Registries may refuse what they do not know as an image: that does not fail the image. */
  const pushSignatures = async (
    planned: PlannedPush,
    listener: PushListener,
    signal: AbortSignal,
  ): Promise<void> => {
    const { image, target, name } = planned
    for (const [tag, signature] of carriedSignatures(image.extras)) {
      try {
        await pushDocuments(target, signature, tag, signal)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        listener.warned?.(`A signature of ${name} was not pushed: ${error.message}`)
      }
    }
  }

  return {
    async push(planned, listener, signal) {
      const { image, target, tag } = planned
      const opened = await image.open()
      let result: PushResult
      try {
        const onProgress = (bytes: number): void => listener.progress?.(planned, bytes)
        result = await pushBlobs(planned, opened, onProgress, signal)
      } finally {
        await opened.close()
      }
      await pushSignatures(planned, listener, signal)
      const { digest } = image.manifest.descriptor
      for (const attestation of carriedAttestations(image.extras, digest)) {
        await pushDocuments(target, attestation, attestation.manifest.descriptor.digest, signal)
      }
      const name = tag.kind === 'image' ? (target.tag ?? digest) : digest
      await uploads.putManifest(target, name, image.manifest, signal)
      if (tag.kind === 'index') await finishIndex(planned, tag, signal)
      return result
    },
  }

  async function finishIndex(
    { name, target }: PlannedPush,
    { index, images }: Extract<PlannedPush['tag'], { kind: 'index' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const there = (ready.get(name) ?? 0) + 1
    ready.set(name, there)
    if (there < images) return
    await uploads.putManifest(target, target.tag ?? index.descriptor.digest, index, signal)
  }
}

function sourceOf(bytes: Published['bytes']): BlobSource {
  return async function* (startByte) {
    yield bytes.subarray(startByte)
  }
}
