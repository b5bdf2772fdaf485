import { tarballName } from '../../archive/name.ts'
import { removePartial } from '../../archive/partial.ts'
import { parsePlatform } from '../../registry/platform.ts'
import { parseReference } from '../../registry/reference.ts'
import type { Job } from './job-schema.ts'

/** Takes away what a job that does not run left unfinished. A folder that is gone is no error. */
export async function discardPartial({ folder, reference, platform }: Job): Promise<void> {
  await removePartial(folder, tarballName(parseReference(reference), parsePlatform(platform)))
}
