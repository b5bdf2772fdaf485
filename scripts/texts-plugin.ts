import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

/** Puts the texts that a module reads from beside itself into the bundle, where no file of the sources is. */
export function textsPlugin(): Plugin {
  return {
    name: 'texts',
    enforce: 'pre',
    transform(code, id) {
      if (!code.includes('import.meta.url), ')) return undefined
      return code.replaceAll(READING, (_, name: string) => {
        const path = join(dirname(id), name)
        this.addWatchFile(path)
        return JSON.stringify(readFileSync(path, 'utf8'))
      })
    },
  }
}

const READING = /readFileSync\(new URL\('([\w.-]+)', import\.meta\.url\), 'utf8'\)/g
