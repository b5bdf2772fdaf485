import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** System programs that tests use for real, and the Debian package that brings each. */
export const packages = {
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
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.exfat': 'exfatprogs',
  'mount.exfat-fuse': 'exfat-fuse',
  'mkfs.ntfs': 'ntfs-3g',
  'ntfs-3g': 'ntfs-3g',
  losetup: 'mount',
  lsblk: 'util-linux',
  dash: 'dash',
  shellcheck: 'shellcheck',
  strace: 'strace',
  pkill: 'procps',
  busybox: 'busybox-static',
  openssl: 'openssl',
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  debootstrap: 'debootstrap',
  rpm: 'rpm',
  'desktop-file-validate': 'desktop-file-utils',
  groff: 'groff-base',
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

/** What is missing of these parts and how to get it, or undefined where nothing is, or where nothing may be skipped. */
export function lacking(parts: readonly Part[]): string | undefined {
  const missing = parts.filter((part) => !has(part))
  if (missing.length === 0 || process.env['CI'] === 'true') return undefined
  const install = [...new Set(missing.map((part) => packages[part]))].join(' ')
  return `needs ${missing.join(', ')} (apt-get install ${install})`
}
