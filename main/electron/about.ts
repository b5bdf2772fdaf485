import { app } from 'electron'
import type { About } from '../api/shapes.ts'

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

/** What the system's own panel says, which the menu of macOS opens. */
export function describeForPanel(): void {
  app.setAboutPanelOptions({
    applicationName: 'NGC Replicator',
    applicationVersion: app.getVersion(),
    copyright:
      'Copyright © 2026 the NGC Replicator authors. BSD-3-Clause. Not affiliated with NVIDIA.',
  })
}
