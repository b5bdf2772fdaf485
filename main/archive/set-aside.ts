import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { earlierName, journalName } from './name.ts'
import { partialFiles } from './partial-files.ts'
import { removePartial } from './partial.ts'

/**
 * Gives what was left of another image of the same name a name of its own: its layers need not be fetched again as long as
 * it is there. Throws what the drive answers.
 */
export async function setAside(folder: string, name: string): Promise<void> {
  const files = await partialFiles(folder, name)
  const aside = earlierName(name)
  // Without files the last attempt was interrupted between them and the journal.
  if (files.length > 0) await removePartial(folder, aside)
  for (const file of files) {
    await rename(join(folder, file), join(folder, aside + file.slice(name.length)))
  }
  await rename(join(folder, journalName(name)), join(folder, journalName(aside)))
}

/** Tells whether there was anything. What cannot be removed stays: `inventory` lists it, and no image fails for it. */
export async function removeSetAside(folder: string, name: string): Promise<boolean> {
  return await removePartial(folder, earlierName(name)).catch(() => false)
}
