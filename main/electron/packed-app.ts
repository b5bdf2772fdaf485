import { findInstalledApp } from '../carried-app/installed-app.ts'
import { packApp, type PackedApp } from '../carried-app/pack-app.ts'
import type { Log } from './log.ts'

/** The application itself; undefined where it is not installed, or cannot be read: then it is not offered. */
export async function packedApp(log: Log): Promise<PackedApp | undefined> {
  try {
    const app = await findInstalledApp()
    return app && (await packApp(app))
  } catch (error) {
    log('The application cannot be packed.', error)
    return undefined
  }
}
