import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AfterPackContext, Configuration } from 'electron-builder'
import { CONTENTS_NAME } from './main/carried-app/installed-app.ts'
import type { Runtime } from './scripts/runtime/runtime.ts'

/**
 * What electron-builder makes of `out/` with the given Electron: `npm run package` asks it for what this system can make.
 * Signing takes its certificates from the environment: CSC_LINK and CSC_KEY_PASSWORD, WIN_CSC_LINK and
 * WIN_CSC_KEY_PASSWORD; notarisation from APPLE_ID, APPLE_APP_SPECIFIC_PASSWORD and APPLE_TEAM_ID.
 */
export function configuration(runtime: Runtime): Configuration {
  return {
    appId: 'io.github.ngc-replicator',
    productName: 'NGC Replicator',
    copyright: 'Copyright © 2026 the NGC Replicator authors',
    directories: { output: 'packages', buildResources: 'build' },
    electronVersion: runtime.version,
    electronDist: runtime.folder,
    electronLanguages: ['en-US'],
    // What main needs of node_modules is in out/ already: false says that there are no modules to look for or to build.
    beforeBuild: async () => await Promise.resolve(false),
    files: ['out/**', 'package.json'],
    extraResources: [
      { from: 'out/renderer/licences.txt', to: 'licences.txt' },
      { from: 'LICENSE', to: 'LICENSE.txt' },
    ],
    extraMetadata: { desktopName: 'ngc-replicator.desktop' },
    publish: null,
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: true,
    },
    afterPack: async (context) => await complete(context, runtime),
    artifactName: '${name}-${version}-${os}-${arch}.${ext}',
    linux: {
      // The plain name belongs to the launcher.
      executableName: 'ngc-replicator-bin',
      extraFiles: [
        { from: launcher, to: 'ngc-replicator' },
        { from: 'LICENSE', to: 'LICENSE' },
        { from: 'node_modules/electron/LICENSE', to: 'LICENSE.electron.txt' },
      ],
      icon: 'build/icons',
      category: 'Utility',
      mimeTypes: ['application/x-tar', 'inode/directory'],
      desktop: { entry: { Name: 'NGC Replicator', StartupWMClass: 'ngc-replicator' } },
    },
    // The older default writes --no-sandbox into the desktop entry.
    toolsets: { appimage: '1.0.3' },
    win: {
      icon: 'build/icon.png',
      target: ['nsis', 'zip'],
      extraResources: [{ from: `${launcher}.cmd`, to: 'bin/ngc-replicator.cmd' }],
    },
    nsis: {
      oneClick: false,
      perMachine: false,
      allowToChangeInstallationDirectory: true,
      license: 'LICENSE',
      include: 'build/windows/installer.nsh',
      artifactName: '${name}-${version}-setup-${arch}.${ext}',
    },
    mac: {
      icon: 'build/icon.png',
      category: 'public.app-category.utilities',
      target: ['dmg', 'zip'],
      extraResources: [{ from: launcher, to: 'bin/ngc-replicator' }],
      hardenedRuntime: true,
      gatekeeperAssess: false,
      entitlements: 'build/macos/entitlements.plist',
      entitlementsInherit: 'build/macos/entitlements.plist',
      notarize: process.env['APPLE_TEAM_ID'] !== undefined,
      extendInfo: { CFBundleDocumentTypes: documentTypes },
    },
  }
}

const launcher = 'build/start/ngc-replicator'

/** Offered for tarballs and folders, the default for neither. */
const documentTypes = [
  ['Tarball', 'public.tar-archive'],
  ['Folder', 'public.folder'],
].map(([name, type]) => ({
  CFBundleTypeName: name,
  CFBundleTypeRole: 'Viewer',
  LSHandlerRank: 'Alternate',
  LSItemContentTypes: [type],
}))

/**
 * An Electron given as a folder brings its own application along; the makers of deb and rpm ask for its version; and the
 * application must know what belongs to it, to pack itself.
 */
async function complete({ appOutDir, packager }: AfterPackContext, runtime: Runtime) {
  const resources = packager.getResourcesDir(appOutDir)
  await rm(join(resources, 'app'), { recursive: true, force: true })
  await rm(join(resources, 'default_app.asar'), { force: true })
  if (process.platform === 'linux') await writeFile(join(appOutDir, 'version'), runtime.version)
  const { productFilename } = packager.appInfo
  const isMac = packager.platform.name === 'mac'
  const names = await readdir(isMac ? join(appOutDir, `${productFilename}.app`) : appOutDir)
  await writeFile(join(resources, CONTENTS_NAME), names.map((name) => `${name}\n`).join(''))
}
