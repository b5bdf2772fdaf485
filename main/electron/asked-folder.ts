import { stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'

/**
 * The folder or tarball that a start was given, if any: the last argument that is no option and exists. The program itself and
 * the application's folder of a development build are none.
 */
export async function askedPath(
  argv: readonly string[],
  { isPackaged, cwd, appPath }: { isPackaged: boolean; cwd: string; appPath: string },
): Promise<string | undefined> {
  const given = argv
    .slice(isPackaged ? 1 : 2)
    .filter((text) => text !== '' && !text.startsWith('-'))
  for (const text of given.toReversed()) {
    const path = isAbsolute(text) ? text : resolve(cwd, text)
    if (path === appPath) continue
    const isThere = await stat(path).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}
