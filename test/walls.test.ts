import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = fileURLToPath(new URL('..', import.meta.url))

/** Imports that a wall must stop: the file they stand in, and the line. */
const forbidden = [
  // main/api imports nothing of ours
  ['main/api/a1.ts', `import { createCore } from '../core.ts'`],
  ['main/api/a2.ts', `import type { Reference } from '../registry/reference.ts'`],
  ['main/api/a3.ts', `import { app } from 'electron'`],
  // electron only in the desktop host
  ['main/core.ts', `import { app } from 'electron'`],
  ['main/registry/b1.ts', `import { net } from 'electron/main'`],
  ['main/state/b2.ts', `import Store from 'electron-store'`],
  ['main/state/b3.ts', `import type { App } from 'electron'`],
  ['main/cli.ts', `import { app } from 'electron'`],
  ['main/cli/b4.ts', `import { app } from 'electron'`],
  // the core does not know its hosts
  ['main/transfer/c1.ts', `import { createLog } from '../electron/log.ts'`],
  ['main/transfer/c2.ts', `import '../index.ts'`],
  ['main/cli/c3.ts', `import { openWindow } from '../electron/window.ts'`],
  ['main/paths.ts', `import './index.ts'`],
  ['main/others.ts', `import { createLog } from './electron/log.ts'`],
  ['main/net/c4.ts', `import { call } from '../../renderer/replicator.ts'`],
  ['main/index.ts', `import { runProgram } from './cli/program.ts'`],
  ['main/electron/c5.ts', `import { call } from '../../renderer/replicator.ts'`],
  // the window takes types of main/api, and nothing else of main
  ['renderer/d1.ts', `import { contract } from '../main/api/contract.ts'`],
  ['renderer/views/d2.tsx', `import { AppError } from '../../main/api/errors.ts'`],
  ['renderer/d3.ts', `import type { Reference } from '../main/registry/reference.ts'`],
  ['renderer/d4.ts', `import { createCore } from '../main/core.ts'`],
  ['renderer/d5.ts', `import { ipcRenderer } from 'electron'`],
  ['renderer/d6.ts', `import { readFile } from 'node:fs/promises'`],
  ['renderer/d7.ts', `import '../preload/index.ts'`],
  ['preload/e1.ts', `import { contract } from '../main/api/contract.ts'`],
  ['preload/e2.ts', `import type { Reference } from '../main/registry/reference.ts'`],
  ['preload/e3.ts', `import { z } from 'zod'`],
  ['preload/e4.ts', `import { join } from 'node:path'`],
  ['preload/e5.ts', `import { call } from '../renderer/replicator.ts'`],
  // written so, the import stays when its types are taken away
  ['renderer/d8.ts', `import { type Bridge } from '../main/api/contract.ts'`],
] as const

/** Imports that must stay possible. */
const allowed = [
  ['main/api/ok1.ts', `import { AppError } from './errors.ts'`],
  ['main/api/ok2.ts', `import { z } from 'zod'`],
  ['main/registry/ok3.ts', `import { AppError } from '../api/errors.ts'`],
  ['main/start.ts', `import './index.ts'`],
  ['main/registry/index-file.ts', `import { read } from './manifest-index.ts'`],
  ['main/electron/ok4.ts', `import { app } from 'electron'`],
  ['main/electron/ok5.ts', `import { redact } from '../net/redact.ts'`],
  ['main/cli/ok6.ts', `import { createCore } from '../core.ts'`],
  ['renderer/ok7.ts', `import type { Bridge } from '../main/api/contract.ts'`],
  ['renderer/main.tsx', `import { createRoot } from 'react-dom/client'`],
  ['preload/ok8.ts', `import type { Bridge } from '../main/api/contract.ts'`],
  ['preload/index.ts', `import { contextBridge } from 'electron'`],
] as const

describe('the import walls', () => {
  let folder = ''
  let stopped = new Set<string>()

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'walls-')))
    copyFileSync(join(project, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
    for (const [path, line] of [...forbidden, ...allowed]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), `${line}\n`)
    }
    stopped = filesStopped(folder)
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(forbidden)('%s may not: %s', (path) => {
    expect(stopped).toContain(path)
  })

  test.each(allowed)('%s may: %s', (path) => {
    expect(stopped).not.toContain(path)
  })
})

test('no import() or require() climbs over a wall: the linter looks at import declarations only', () => {
  const climbs = sources(['main', 'preload', 'renderer']).filter((path) => {
    const desktop = /^main\/(index\.ts|electron\/)/.test(path)
    return !desktop && dynamic.test(readFileSync(join(project, path), 'utf8'))
  })
  expect(climbs).toEqual([])
})

/** A dynamic import of Electron or of another side of a wall. */
const dynamic =
  /\b(import|require)\s*\(\s*['"`](electron|[^'"`]*\/(electron|renderer|preload|main)\/)/

function sources(folders: string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name).replaceAll('\\', '/'),
      ),
    )
    .filter((path) => /\.tsx?$/.test(path))
}

const walls = new Set(['eslint(no-restricted-imports)', 'typescript(no-import-type-side-effects)'])

/** The files in which one of the walls' rules, and not just any rule, has found something. */
function filesStopped(folder: string): Set<string> {
  const oxlint = join(project, 'node_modules', 'oxlint', 'bin', 'oxlint')
  let output: string
  try {
    output = execFileSync(process.execPath, [oxlint, '--format=json', '.'], {
      cwd: folder,
      encoding: 'utf8',
    })
  } catch (error) {
    // It ends with 1 when it has found something.
    output = (error as { stdout: string }).stdout
  }
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { code: string; filename: string }[]
  }
  const found = diagnostics.filter(({ code }) => walls.has(code))
  return new Set(found.map(({ filename }) => filename.replaceAll('\\', '/')))
}
