import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, type SuiteFactory } from 'vitest'

/** System programs that tests use for real, and the Debian package that brings each. */
const packages = {
  'docker-registry': 'docker-registry',
  dockerd: 'docker.io',
  docker: 'docker.io',
  containerd: 'containerd',
  ctr: 'containerd',
  podman: 'podman',
  skopeo: 'skopeo',
  Xvfb: 'xvfb',
  fusefat: 'fusefat',
  'mkfs.fat': 'dosfstools',
  busybox: 'busybox-static',
  openssl: 'openssl',
  strace: 'strace',
} as const

export type Part = keyof typeof packages

export function has(part: Part): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, part), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Like `describe`, for tests on real parts: where one is missing they are skipped, and say so; with `CI=true` they fail. */
export function describeWith(parts: readonly Part[], name: string, tests: SuiteFactory): void {
  const missing = parts.filter((part) => !has(part))
  const skipped = missing.length > 0 && process.env['CI'] !== 'true'
  if (skipped) {
    const install = [...new Set(missing.map((part) => packages[part]))].join(' ')
    console.warn(`skipped: ${name} needs ${missing.join(', ')} (apt-get install ${install})`)
  }
  describe.skipIf(skipped)(name, tests)
}
