import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the command line keeps what belongs to no folder of tarballs; as each system has it (Linux: XDG base directories). */
export function machineFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'NGC Replicator')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'NGC Replicator')
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'ngc-replicator')
}
