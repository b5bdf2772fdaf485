import { AppError } from '../api/errors.ts'
import type { CarriedFile } from '../carried-app/carried-file.ts'
import { findInstalledApp } from '../carried-app/installed-app.ts'
import { readInstallers } from '../carried-app/installers.ts'
import { packApp } from '../carried-app/pack-app.ts'
import { callersPath } from './paths.ts'
import type { ReplicateOptions } from './replicate-options.ts'

/** What `--with-app` and `--with-installers` put on the drive besides images. Throws AppError `usage`. */
export async function carriedFiles({
  withApp,
  withInstallers,
}: Pick<ReplicateOptions, 'withApp' | 'withInstallers'>): Promise<CarriedFile[]> {
  const installers =
    withInstallers === undefined ? [] : await readInstallers(callersPath(withInstallers))
  if (!withApp) return installers
  const app = await findInstalledApp()
  if (app) return [await packApp(app), ...installers]
  throw new AppError('usage', '--with-app packs an installed application, and none is running.', {
    hint: 'Install a package first; or put the files of a release on the drive: --with-installers FOLDER.',
  })
}
