import { join } from 'node:path'
import { app, session, type BrowserWindow } from 'electron'
import { createAnswer } from './api/answer.ts'
import { describeApplication } from './electron/about.ts'
import { origin as ownOrigin, pageAddress } from './electron/asset.ts'
import { guardContents, guardSession } from './electron/guard.ts'
import { createPublish, serveCalls } from './electron/ipc.ts'
import { createLog } from './electron/log.ts'
import { setMenu } from './electron/menu.ts'
import { createNotices } from './electron/notices.ts'
import { registerScheme, serveInterface } from './electron/protocol.ts'
import { orderQuit } from './electron/quit.ts'
import { reviveWindow } from './electron/revive.ts'
import { openStore } from './electron/store.ts'
import { firstState, windowState } from './electron/window-state.ts'
import { focusWindow, openWindow } from './electron/window.ts'

// The desktop host. Electron becomes ready only when this module has been evaluated, so nothing here
// may be awaited at the top level, and what must be set before then is set here.
let window: BrowserWindow | undefined
const log = createLog(join(app.getPath('logs'), 'desktop.log'))
process.on('uncaughtException', (error) => log('An error was caught by nobody.', error))
process.on('unhandledRejection', (error) => log('A rejection was handled by nobody.', error))

registerScheme()

// The tests of a development build start it with a folder of their own, and so with a lock of its own.
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => window && focusWindow(window))
  start().catch((error: unknown) => {
    log('The application could not start.', error)
    app.exit(1)
  })
} else {
  app.exit(0)
}

async function start(): Promise<void> {
  // Absent from what is built: only `npm run dev` has a server of its own, with pages of its own.
  const server = import.meta.env.DEV ? process.env['ELECTRON_RENDERER_URL'] : undefined
  const page = server ? new URL('/', server).href : pageAddress
  const origin = server ? new URL(server).origin : ownOrigin

  guardContents(page, log)
  await app.whenReady()
  setMenu(process.platform, app.isPackaged)
  serveInterface(session.defaultSession, join(import.meta.dirname, '../renderer'))
  guardSession(session.defaultSession, allowedAddresses(server))

  const current = () => window
  const publish = createPublish(current)
  const notices = createNotices((list) => publish('notices.changed', list))
  const answer = createAnswer(
    { 'app.about': describeApplication, ...notices.handlers },
    (name, error) => log(`The call ${name.slice(0, 80)} failed.`, error),
  )
  serveCalls({ window: current, origin, answer, log })

  const state = openStore({
    folder: app.getPath('userData'),
    name: 'window',
    schema: windowState,
    initial: firstState,
    damaged: (path) => {
      log(`The window's place was damaged on disk and is set aside as ${path}.`)
      notices.raise('The place of this window was not readable and begins anew.', path)
    },
    failed: (error) => log("The window's place cannot be kept.", error),
  })
  window = openWindow(page, state, (error) => log(`${page} did not load.`, error))
  window.on('closed', () => (window = undefined))
  reviveWindow(window, notices, log)
  // Transfers will be asked about here, and awaited.
  orderQuit({ window, mayQuit: async () => true, closings: [], log })
}

function allowedAddresses(server: string | undefined): string[] {
  const own = [`${ownOrigin}/`, 'devtools://']
  if (!server) return own
  const { href } = new URL('/', server)
  return [...own, href, href.replace(/^http/, 'ws')]
}
