import { readFileSync } from 'node:fs'

/** Chromium refuses to sandbox itself as root, as in most containers; there it has to do without. */
export function electronArguments(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

/** Why no window can open here, with the way out, or undefined if nothing is known to be in the way. */
export function obstacle(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (process.platform !== 'linux') return undefined
  if (!environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']) {
    return 'There is no display to open a window on. Start this in a desktop session, or with: node scripts/with-display.ts npm start'
  }
  if (process.getuid?.() !== 0 && userNamespacesAreRestricted()) {
    return 'This system lets no unpacked program sandbox itself (kernel.apparmor_restrict_unprivileged_userns is 1). Allow it until the next start with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'
  }
  return undefined
}

/** Ubuntu since 23.10. */
function userNamespacesAreRestricted(): boolean {
  try {
    const path = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
    return readFileSync(path, 'utf8').trim() === '1'
  } catch {
    return false
  }
}
