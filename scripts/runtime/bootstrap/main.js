// Stands in for Electron's default application: `electron [-r MODULE]… [--version] FOLDER [ARGUMENT]…`.
import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const modules = []
let folder
for (let index = 1; index < process.argv.length && folder === undefined; index++) {
  const argument = process.argv[index]
  if (argument === '--version' || argument === '-v') {
    process.stdout.write(`v${process.versions.electron}\n`)
    process.exit(0)
  } else if (argument === '-r' || argument === '--require') {
    modules.push(process.argv[++index])
  } else if (!argument.startsWith('-')) {
    folder = resolve(argument)
  }
}

if (folder === undefined) {
  process.stderr.write('Name the folder of the application to run.\n')
  process.exit(2)
}

Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
app.name = description.productName ?? description.name ?? app.name
if (description.version) app.setVersion(description.version)
app.setDesktopName(description.desktopName ?? `${app.name}.desktop`)
app.setAppPath(folder)
Module._preloadModules(modules)
// Awaited, so that Electron is not ready before the application has set what must be set by then.
await import(pathToFileURL(join(folder, description.main ?? 'index.js')).href)
