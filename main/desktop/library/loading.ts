import { join } from 'node:path'
import type { LibraryImage } from '../../api/shapes.ts'
import type { TarballKind } from '../../archive/read.ts'

/** What decides where a tarball loads; measured on real engines. */
export type LoadFacts = {
  kind: TarballKind
  hasZstd: boolean
  images: number
  isWhole: boolean
}

/** Which engines take it. */
export function loadsIn({ kind, hasZstd, images, isWhole }: LoadFacts): LibraryImage['loadsIn'] {
  const broken = isWhole ? undefined : 'The tarball is not complete.'
  const isPureOci = kind === 'oci-archive'
  const engine = (name: string, why?: string, note?: string): LibraryImage['loadsIn'][number] => {
    const reason = broken ?? why
    const told = reason ?? note
    return { engine: name, ok: reason === undefined, ...(told !== undefined && { why: told }) }
  }
  return [
    engine(
      'Docker 20.10',
      isPureOci
        ? 'It has no manifest.json, which Docker reads before version 25.'
        : hasZstd
          ? 'Its layers are compressed with zstd, which Docker reads from version 23.'
          : undefined,
    ),
    engine('Docker 25 and later'),
    engine('Podman', undefined, images > 1 ? 'Digests are lost.' : undefined),
    engine(
      'containerd, k3s',
      undefined,
      kind === 'docker-save' ? 'The digest changes.' : undefined,
    ),
  ]
}

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
