import { join } from 'node:path'
import type { LibraryImage } from '../../api/shapes.ts'

/** How to load it by hand. Every path is quoted for the shell that the command is for. */
export function loadCommands(
  folder: string,
  files: readonly string[],
  platform: NodeJS.Platform,
): LibraryImage['loadCommands'] {
  const paths = files.map((file) => join(folder, file))
  const quote = platform === 'win32' ? quoteForPowerShell : quoteForShell
  const [first = ''] = paths
  if (paths.length <= 1) {
    const path = quote(first)
    return [
      { engine: 'docker', command: `docker load -i ${path}` },
      { engine: 'podman', command: `podman load -i ${path}` },
      { engine: 'containerd', command: `ctr images import ${path}` },
      { engine: 'k3s', command: `k3s ctr images import ${path}` },
    ]
  }
  const all = paths.map(quote)
  if (platform === 'win32') {
    // A pipe of PowerShell would turn bytes into text.
    const whole = quote(first.replace(/\.\d{3}$/, ''))
    return ['docker', 'podman'].map((engine) => ({
      engine,
      command: `cmd /c copy /b ${all.join('+')} ${whole}; ${engine} load -i ${whole}`,
    }))
  }
  const joined = `cat ${all.join(' ')}`
  return [
    { engine: 'docker', command: `${joined} | docker load` },
    { engine: 'podman', command: `${joined} | podman load` },
    { engine: 'containerd', command: `${joined} | ctr images import -` },
    { engine: 'k3s', command: `${joined} | k3s ctr images import -` },
  ]
}

/** For sh: nothing within single quotes has a meaning. */
function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** For PowerShell: only the quote itself has a meaning, and typographic ones count as quotes too. */
function quoteForPowerShell(text: string): string {
  return `'${text.replaceAll(/['‘’‚‛]/g, '$&$&')}'`
}
