import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseFileName, tarballName } from '../../archive/name.ts'
import { removeFiles } from '../../disk/durable.ts'
import { parsePlatform } from '../../registry/platform.ts'
import { parseReference } from '../../registry/reference.ts'
import type { Job } from './job-schema.ts'

/** Takes away what a job that does not run left unfinished, such as after a crash. A folder that is gone is no error. */
export async function discardPartial({ folder, reference, platform }: Job): Promise<void> {
  const wanted = tarballName(parseReference(reference), parsePlatform(platform))
  const files = await readdir(folder).catch(() => [])
  const left = files.filter((file) => {
    const { name, isPartial } = parseFileName(file)
    return isPartial && name === wanted
  })
  await removeFiles(left.map((file) => join(folder, file)))
}
