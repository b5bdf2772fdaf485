import { execFile } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import createDebianPackage from 'electron-installer-debian'
import createRedhatPackage from 'electron-installer-redhat'
import packageJson from '../../package.json' with { type: 'json' }

const { name, version } = packageJson
const run = promisify(execFile)

/** Packs the unpacked application beside it; gives the path of the file. Nothing is downloaded. */
export async function createTarball(unpacked: string): Promise<string> {
  const path = join(dirname(unpacked), `${name}-${version}-linux-${process.arch}.tar.gz`)
  const root = `s,^${basename(unpacked)},${name}-${version},`
  const options = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--transform', root]
  await run('tar', [...options, '-czf', path, '-C', dirname(unpacked), basename(unpacked)])
  return path
}

/** Whether to `squeeze`: that takes a minute or more, and saves a quarter. */
export async function createDeb(unpacked: string, squeeze: boolean): Promise<string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const { packagePaths } = await createDebianPackage({
    src: unpacked,
    dest: dirname(unpacked),
    arch,
    options: {
      ...common,
      maintainer: 'The NGC Replicator authors <ngc-replicator@localhost>',
      section: 'utils',
      compression: squeeze ? 'xz' : 'gzip',
      // Beyond what the maker knows of: a Debian without a desktop has none of these.
      depends: ['libgbm1', 'libdrm2', 'libasound2t64 | libasound2', 'ca-certificates'],
      recommends: ['libsecret-1-0', 'gnome-keyring'],
    },
  })
  return only(packagePaths)
}

export async function createRpm(unpacked: string, squeeze: boolean): Promise<string> {
  const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64'
  const { packagePaths } = await createRedhatPackage({
    src: unpacked,
    dest: dirname(unpacked),
    arch,
    options: {
      ...common,
      license: packageJson.license,
      payload: squeeze ? 'w6.xzdio' : 'w1.gzdio',
      specTemplate: 'build/linux/ngc-replicator.spec.ejs',
      requires: ['alsa-lib', 'ca-certificates'],
    },
  })
  return only(packagePaths)
}

const sizes = [16, 24, 32, 48, 64, 128, 256, 512].map((size) => `${size}x${size}`)

const common = {
  name,
  bin: name,
  productName: 'NGC Replicator',
  description: packageJson.description.replace(/\.$/, ''),
  productDescription:
    'Fetches images from NVIDIA NGC straight into tarballs on a drive, without Docker, each layer once; shows offline what a drive holds, verifies every byte of it, and loads it into the engines of the other side. With a window and a command line.',
  desktopTemplate: 'build/linux/ngc-replicator.desktop',
  icon: {
    ...Object.fromEntries(sizes.map((size) => [size, `build/icons/${size}.png`])),
    scalable: 'build/icon.svg',
  },
}

function only([path]: readonly string[]): string {
  if (path === undefined) throw new Error('No package was made.')
  return path
}
