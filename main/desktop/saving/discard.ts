import { tarballName } from '../../archive/name.ts'
import { removePartial } from '../../archive/partial.ts'
import { removeSetAside } from '../../archive/set-aside.ts'
import { parsePlatform } from '../../registry/platform.ts'
import { parseReference } from '../../registry/reference.ts'
import type { Target } from './saving.ts'

/** Takes away what an image that is not being saved left unfinished, or had set aside. A folder that is gone is no error. */
export async function discardPartial({ folder, reference, platform }: Target): Promise<void> {
  const name = tarballName(parseReference(reference), parsePlatform(platform))
  await removePartial(folder, name)
  await removeSetAside(folder, name)
}
