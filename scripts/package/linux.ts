import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Installer as DebianInstaller, type Installer } from 'electron-installer-debian'
import { Installer as RedhatInstaller } from 'electron-installer-redhat'
import packageJson from '../../package.json' with { type: 'json' }
import { describedProgram } from '../docs/command-line.ts'
import { manPageOf } from '../docs/man-page.ts'

const { name, version } = packageJson

/** Packs the unpacked application beside it; gives the path of the file, as all of these do. Nothing is downloaded. */
export async function createTarball(unpacked: string): Promise<string> {
  const path = join(dirname(unpacked), `${name}-${version}-linux-${process.arch}.tar.gz`)
  const owner = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner']
  const root = ['--transform', `s,^${basename(unpacked)},${name}-${version},`]
  const what = ['-czf', path, '-C', dirname(unpacked), basename(unpacked)]
  await promisify(execFile)('tar', [...owner, ...root, ...what])
  return path
}

/** Squeezed, it takes minutes, and two thirds of the room. */
export async function createDeb(unpacked: string, isSqueezed: boolean): Promise<string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const installer = new DebianInstaller({
    src: unpacked,
    dest: dirname(unpacked),
    arch,
    rename: (folder) => join(folder, `${name}-${version}-linux-${arch}.deb`),
    logger: () => undefined,
    options: {
      ...common,
      maintainer: packageJson.author,
      section: 'utils',
      compression: isSqueezed ? 'xz' : 'zstd',
    },
  })
  // The maker's own list draws KDE along on a system without a desktop, and lacks what a desktop has anyway.
  return await create(installer, {
    depends: [
      'ca-certificates',
      'libasound2t64 | libasound2',
      'libatk-bridge2.0-0t64 | libatk-bridge2.0-0',
      'libcups2t64 | libcups2',
      'libdrm2',
      'libgbm1',
      'libgtk-3-0t64 | libgtk-3-0',
      'libnss3',
      // Not linked, but opened when a window is: without it Chromium ends as by an illegal instruction.
      'libx11-xcb1',
    ],
    recommends: [
      'libgl1',
      'gnome-keyring | kwalletmanager',
      'libnotify4',
      'libsecret-1-0',
      'xdg-utils',
    ],
    suggests: [],
  })
}

export async function createRpm(unpacked: string, isSqueezed: boolean): Promise<string> {
  const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64'
  const installer = new RedhatInstaller({
    src: unpacked,
    dest: dirname(unpacked),
    arch,
    rename: (folder) => join(folder, `${name}-${version}-linux-${arch}.rpm`),
    logger: () => undefined,
    options: {
      ...common,
      license: packageJson.license,
      specTemplate: 'build/linux/ngc-replicator.spec.ejs',
      payload: isSqueezed ? 'w6.xzdio' : 'w1.gzdio',
    },
  })
  // Names of libraries, which Fedora and openSUSE have in common where those of packages differ.
  const libraries = ['asound.so.2', 'atk-bridge-2.0.so.0', 'cups.so.2', 'drm.so.2', 'gbm.so.1']
  const requires = [...libraries, 'gtk-3.so.0', 'nss3.so', 'X11-xcb.so.1'].map(
    (library) => `lib${library}()(64bit)`,
  )
  return await create(installer, { requires: ['ca-certificates', ...requires] })
}

async function create(
  installer: Installer,
  dependencies: Record<string, readonly string[]>,
): Promise<string> {
  await installer.generateDefaults()
  Object.assign(installer.defaults, dependencies)
  await installer.generateOptions()
  await installer.createStagingDir()
  await installer.createContents()
  await addManPage(join(installer.stagingDir, installer.baseAppDir))
  await installer.createPackage()
  await installer.movePackage()
  const [path] = installer.options.packagePaths
  if (path === undefined) throw new Error('No package was made.')
  return path
}

async function addManPage(usr: string): Promise<void> {
  const folder = join(usr, 'share', 'man', 'man1')
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const page = gzipSync(manPageOf(describedProgram()), { level: 9 })
  await writeFile(join(folder, `${name}.1.gz`), page, { mode: 0o644 })
}

const sizes = [16, 24, 32, 48, 64, 128, 256, 512].map((size) => `${size}x${size}`)

const common = {
  name,
  bin: name,
  description: packageJson.description.replace(/\.$/, ''),
  productDescription:
    'Fetches images from NVIDIA NGC straight into tarballs on a drive, without Docker, each layer once; shows offline what a drive holds, verifies every byte of it, and loads it into the engines of the other side. With a window and a command line.',
  desktopTemplate: 'build/linux/ngc-replicator.desktop',
  icon: {
    ...Object.fromEntries(sizes.map((size) => [size, `build/icons/${size}.png`])),
    scalable: 'build/icon.svg',
  },
}
