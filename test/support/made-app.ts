import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstalledApp } from '../../main/carried-app/installed-app.ts'

/** A folder with what the installed application has of every kind: programs, a helper with SUID, folders, links, long names. */
export async function madeApp(folder: string): Promise<InstalledApp> {
  await mkdir(join(folder, 'resources', deep), { recursive: true })
  await writeFile(join(folder, 'ngc-replicator'), '#!/bin/sh\necho 1.2.3\n', { mode: 0o755 })
  await writeFile(join(folder, 'chrome-sandbox'), 'helper')
  await chmod(join(folder, 'chrome-sandbox'), 0o4755)
  await writeFile(join(folder, 'resources', 'app.asar'), Buffer.alloc(3_000_000, 'asar'))
  await writeFile(join(folder, 'resources', deep, 'ä.txt'), 'deep')
  await symlink('resources/app.asar', join(folder, 'current'))
  await symlink(`resources/${deep}/ä.txt`, join(folder, 'far'))
  const names = ['ngc-replicator', 'chrome-sandbox', 'resources', 'current', 'far', 'LICENSE']
  const root = 'ngc-replicator-1.2.3'
  return { root, folder, names, version: '1.2.3', platform: 'linux', arch: 'x64' }
}

/** With what is above it, longer than the field of a tar header. */
const deep = 'a-folder-of-a-long-name/'.repeat(5)
