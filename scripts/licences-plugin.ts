import type { Plugin } from 'vite'
import { asText, collectLicences } from './licences.ts'

/** Puts `licences.json` beside the window's page, for About, and `licences.txt`, for an installer. */
export function licencesPlugin(root: string): Plugin {
  return {
    name: 'licences',
    async generateBundle() {
      const licences = await collectLicences(root)
      this.emitFile({
        type: 'asset',
        fileName: 'licences.json',
        source: JSON.stringify(licences),
      })
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: asText(licences) })
    },
    configureServer({ middlewares }) {
      middlewares.use('/licences.json', (_request, response, next) => {
        collectLicences(root).then((licences) => response.end(JSON.stringify(licences)), next)
      })
    },
  }
}
