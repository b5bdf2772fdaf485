import { app } from 'electron'
import type { About } from '../api/contract.ts'

/** What runs: the line at the foot of the rail, and what a report of a fault should begin with. */
export function describeApplication(): About {
  return {
    version: app.getVersion(),
    electron: process.versions.electron,
    chromium: process.versions.chrome,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    runtime: app.isPackaged ? 'packaged' : 'development',
  }
}
