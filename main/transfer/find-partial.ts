import { join } from 'node:path'
import { destinationError } from '../archive/destination-error.ts'
import { earlierName } from '../archive/name.ts'
import { openPartial, removePartial, type PartialTarball } from '../archive/partial.ts'
import { setAside } from '../archive/set-aside.ts'
import { placesInPartial } from '../library/held-places.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { SaveParts } from './save-parts.ts'

/**
 * What an earlier run left of an image, to go on with. What is of another image, or of another layout, is set aside, so that
 * its finished layers can be taken from there, or removed where it is of no use; the user is told.
 */
export async function findPartial(
  { layout, name }: ImageToSave,
  parts: Pick<SaveParts, 'folder' | 'held' | 'maxFileSizeBytes' | 'check' | 'onWarned'>,
  onChecked: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<PartialTarball | undefined> {
  const { folder, held, maxFileSizeBytes, check, onWarned } = parts
  const found = await openPartial(
    { folder, name, layout, maxFileSizeBytes, check, onChecked },
    signal,
  )
  if (found.kind === 'none') return undefined
  if (found.kind === 'usable') {
    if (found.note !== undefined)
      onWarned?.(`${name}: ${found.note} It is fetched again from there.`)
    return found.partial
  }
  onWarned?.(`What was left of ${name} ${found.why}: it is begun afresh.`)
  held.forget(name)
  if (found.kind === 'useless') {
    await removePartial(folder, name)
  } else {
    await setAside(folder, name).catch((error: unknown) => {
      throw destinationError(error, join(folder, name))
    })
    held.learn(await placesInPartial(folder, earlierName(name), signal))
  }
  return undefined
}
