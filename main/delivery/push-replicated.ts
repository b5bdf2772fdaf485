import { join } from 'node:path'
import PQueue from 'p-queue'
import { AppError, messageOf } from '../api/errors.ts'
import { makeFolder } from '../disk/destination.ts'
import { throwIfCancelled } from '../net/failure.ts'
import { findTarball } from '../library/tarball-files.ts'
import type { ImageToSave, Plan, PlanFailure, PlannedImage } from '../plan/plan.ts'
import type { Registry } from '../registry/client.ts'
import { formatReference } from '../registry/reference.ts'
import type { StateFile } from '../state/state-file.ts'
import type { Saver } from '../transfer/saver.ts'
import type { OpenPush } from './open-push.ts'
import type { PlannedPush, PushPlan } from './push-plan.ts'
import { pushableAgain, pushableFrom } from './push-resolved.ts'
import { pushableIn } from './push-tarball.ts'
import type { PushListener } from './push.ts'
import type { OpenBlobs, PushableImage } from './pushable-image.ts'

/** Pushing what a plan copies, each image once it is saved, or straight from registry to registry. */
export interface ReplicationPush {
  readonly plan: PushPlan
  /** What was saved before and cannot be pushed; of the others their saver tells. */
  readonly refused: readonly PlanFailure[]
  /** Saves and pushes. */
  saver(listener: PushListener): Saver
  /** Pushes what was saved before and is not at the registry. An image that fails is told, and stops nothing else. */
  pushPresent(listener: PresentListener, signal: AbortSignal): Promise<void>
}

export interface PresentListener extends PushListener {
  /** Bytes that came over the line, for images whose tarballs are not here. */
  fetched?(bytes: number): void
}

export interface ReplicationPushParts {
  readonly push: OpenPush
  readonly registry: Registry
  /** Of the destination. */
  readonly folder: string
  /** Writes the tarballs; absent where images are only pushed: then the destination gets state.yml, and no more. */
  readonly saver?: Saver | undefined
  readonly state: StateFile
}

export async function planReplicationPush(
  plan: Plan,
  parts: ReplicationPushParts,
  signal: AbortSignal,
): Promise<ReplicationPush> {
  const { push, registry, folder, saver, state } = parts
  const fetched = new Map<PlannedImage, (bytes: number) => void>()
  const lost: PlanFailure[] = []

  const pushableOf = async (image: PlannedImage): Promise<PushableImage> => {
    const onFetched = (bytes: number): void => fetched.get(image)?.(bytes)
    if (image.state === 'present') {
      const here = image.file === undefined ? undefined : await inTarball(folder, image.file, image)
      // Its tarball is on another drive, or there never was one, or it is damaged: then from where it came.
      return here ?? (await pushableAgain(registry, image, onFetched, signal))
    }
    const straight = pushableFrom(registry, image, onFetched)
    return saver ? { ...straight, open: () => openSaved(folder, image) } : straight
  }
  const queue = new PQueue({ concurrency: IMAGES_AT_ONCE })
  const found = await Promise.all(
    plan.images.map((image) =>
      queue.add(async (): Promise<[PushableImage, PlannedImage][]> => {
        try {
          return [[await pushableOf(image), image]]
        } catch (error) {
          throwIfCancelled(signal)
          lost.push({ subject: formatReference(image.reference), error })
          return []
        }
      }),
    ),
  )
  const origins = new Map(found.flat())
  const pushPlan = await push.planImages([...origins.keys()], signal)
  const planned = new Map(pushPlan.pushes.map((one) => [origins.get(one.image), one]))
  const failures = [...lost, ...pushPlan.failures]
  const refusals = new Map(failures.map(({ subject, error }) => [subject, error]))
  const pusher = push.createPusher()

  const presentNames = new Set(
    plan.images.flatMap(({ state: known, reference }) =>
      known === 'present' ? [formatReference(reference)] : [],
    ),
  )

  const pushOne = async (
    one: PlannedPush,
    listener: PushListener,
    stop: AbortSignal,
  ): Promise<void> => {
    if (one.state === 'present') return
    listener.started?.(one)
    listener.pushed?.(one, await pusher.push(one, listener, stop))
  }

  return {
    plan: { ...pushPlan, failures },
    refused: failures.filter(({ subject }) => presentNames.has(subject)),
    saver: (listener) => ({
      async save(image, options, told, stop) {
        const files = saver ? await saver.save(image, options, told, stop) : []
        try {
          const refusal = refusals.get(formatReference(image.reference))
          if (refusal !== undefined) throw refusal
          const one = planned.get(image)
          fetched.set(image, (bytes) => told.fetched?.(bytes))
          const progress = (_push: PlannedPush, bytes: number): void => {
            const counts = { writtenBytes: bytes, durableBytes: bytes }
            if (!saver) told.progress?.({ phase: 'downloading', ...counts })
          }
          if (one) await pushOne(one, { ...listener, progress }, stop)
        } catch (error) {
          throwIfCancelled(stop)
          throw saver ? savedOnly(error) : error
        }
        if (!saver) {
          const { repository, tag, changeKey } = image.stateEntry
          await makeFolder(folder)
          await state.record(repository, tag, changeKey)
        }
        return files
      },
    }),
    async pushPresent(listener, stop) {
      for (const [image, one] of planned) {
        if (image?.state !== 'present') continue
        throwIfCancelled(stop)
        fetched.set(image, (bytes) => listener.fetched?.(bytes))
        try {
          await pushOne(one, listener, stop)
        } catch (error) {
          throwIfCancelled(stop)
          listener.failed?.(one, error)
        }
      }
    },
  }
}

const IMAGES_AT_ONCE = 8

/** The image as its tarball has it; undefined where that cannot be pushed. */
async function inTarball(
  folder: string,
  file: string,
  { reference, digest }: PlannedImage,
): Promise<PushableImage | undefined> {
  const wanted = formatReference(reference)
  const images = await pushableIn(await findTarball(join(folder, file))).catch((error: unknown) => {
    if (error instanceof AppError) return []
    throw error
  })
  return images.find(
    (image) =>
      formatReference(image.reference) === wanted && image.manifest.descriptor.digest === digest,
  )
}

async function openSaved(folder: string, image: ImageToSave): Promise<OpenBlobs> {
  const saved = await inTarball(folder, image.name, image)
  if (saved) return await saved.open()
  throw new AppError('damaged', `${image.name} is not what was just written.`)
}

function savedOnly(error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  const { code, hint } = error
  return new AppError(code, `It is saved, but was not pushed: ${messageOf(error)}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
  })
}
