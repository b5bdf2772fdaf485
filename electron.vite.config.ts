import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { licencesPlugin } from './scripts/licences-plugin.ts'
import { textsPlugin } from './scripts/texts-plugin.ts'

// The oldest Electron that runs us is 33 (the stand-in of scripts/electron-runtime.ts): Node 20.18 and
// Chromium 130. Without these lines the build would aim at the version that package.json asks for.
const node = 'node20.18'
const chromium = 'chrome130'

/** ssh2 speeds itself up with modules built for one version of Node, and does without where they are not found. */
const withoutNativeModules: Plugin = {
  name: 'without-native-modules',
  enforce: 'pre',
  resolveId: (id) => (/\.node$|^cpu-features$/.test(id) ? { id, external: true } : undefined),
}

/** undici loads HTTP/2 at every start, which takes 30 ms, and carries forms along: neither is ever asked of it here. */
const withoutHttp2AndForms: Plugin = {
  name: 'without-http2-and-forms',
  load: (id) =>
    /\/undici\/lib\/(?:dispatcher\/client-h2|web\/fetch\/body)\.js$/.test(id)
      ? "module.exports = () => { throw new Error('This part of undici is left out.') }"
      : undefined,
}

export default defineConfig({
  main: {
    plugins: [withoutNativeModules, withoutHttp2AndForms, textsPlugin()],
    build: {
      target: node,
      // What is installed has no node_modules: everything it needs is in here.
      externalizeDeps: false,
      rolldownOptions: {
        // What Electron starts, its two hosts of one core, and the desktop's threads: the sandbox, and what saves.
        input: {
          start: 'main/start.ts',
          index: 'main/index.ts',
          cli: 'main/cli.ts',
          sandbox: 'main/sandbox/thread.ts',
          saving: 'main/desktop/saving/thread.ts',
        },
        // V8 reads shorter text of plain letters sooner. Names stay, for the traces in logs.
        output: { minify: { mangle: false }, charset: 'ascii' },
      },
    },
  },
  preload: {
    build: {
      target: node,
      // A sandboxed preload can require nothing of ours: one file, in CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: 'preload/index.ts',
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react(), licencesPlugin(import.meta.dirname)],
    build: {
      target: chromium,
      // A data: address in a script would break the policy that the page is served with.
      assetsInlineLimit: 0,
      minify: true,
      rolldownOptions: { input: 'renderer/index.html' },
    },
  },
})
