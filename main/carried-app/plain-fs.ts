import * as fs from 'node:fs'
import process from 'node:process'

/**
 * `node:fs` that takes `app.asar` for the file it is. Electron's own shows it as a folder, and keeps this one besides
 * (https://www.electronjs.org/docs/latest/tutorial/asar-archives); there is no other way to it in ES modules.
 */
export const plainFs = (process.getBuiltinModule('original-fs') as typeof fs | undefined) ?? fs
