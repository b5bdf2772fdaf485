import { once } from 'node:events'
import { join } from 'node:path'
import { app, nativeTheme, session, type BrowserWindow } from 'electron'
import { createAnswer } from './api/answer.ts'
import type { ViewName } from './api/shapes.ts'
import { createDesktop, type Desktop } from './desktop/desktop.ts'
import type { Ports } from './desktop/ports.ts'
import { describeApplication, describeForPanel } from './electron/about.ts'
import { origin as ownOrigin, pageAddress } from './electron/asset.ts'
import { createAttention } from './electron/attention.ts'
import { askBeforeQuitting, createDialogs } from './electron/dialogs.ts'
import { giveEditMenu } from './electron/edit-menu.ts'
import { guardContents, guardSession } from './electron/guard.ts'
import { createPublish, serveCalls } from './electron/ipc.ts'
import { openKeeps } from './electron/keeps.ts'
import { createLog } from './electron/log.ts'
import { setMenu } from './electron/menu.ts'
import { createNotices } from './electron/notices.ts'
import { hearOpenings } from './electron/opening.ts'
import { packedApp } from './electron/packed-app.ts'
import { registerScheme, serveInterface } from './electron/protocol.ts'
import { orderQuit } from './electron/quit.ts'
import { reviveWindow } from './electron/revive.ts'
import { startSandboxThread } from './electron/sandbox-thread.ts'
import { startSavingThread } from './electron/saving-thread.ts'
import { keptSecrets, openSecrets } from './electron/secrets.ts'
import { openStore } from './electron/store.ts'
import { system } from './electron/system.ts'
import { firstState, windowState } from './electron/window-state.ts'
import { focusWindow, openWindow } from './electron/window.ts'

// The desktop host. Electron becomes ready only when this module has been evaluated, so nothing here
// may be awaited at the top level, and what must be set before then is set here.
let window: BrowserWindow | undefined
const log = createLog(join(app.getPath('logs'), 'desktop.log'))
process.on('uncaughtException', (error) => log('An error was caught by nobody.', error))
process.on('unhandledRejection', (error) => log('A rejection was handled by nobody.', error))

// Without a listener the system ends a program whose file meets a limit; so the write fails, as on FAT.
process.on('SIGXFSZ', () => undefined)

registerScheme()

// The tests of a development build start it with a folder of their own, and so with a lock of its own.
if (app.requestSingleInstanceLock()) {
  const openings = hearOpenings(() => window && focusWindow(window), log)
  start(openings).catch((error: unknown) => {
    log('The application could not start.', error)
    app.exit(1)
  })
} else {
  app.exit(0)
}

async function start(openings: ReturnType<typeof hearOpenings>): Promise<void> {
  // Absent from what is built: only `npm run dev` has a server of its own, with pages of its own.
  const server = import.meta.env.DEV ? process.env['ELECTRON_RENDERER_URL'] : undefined
  const page = server ? new URL('/', server).href : pageAddress
  const origin = server ? new URL(server).origin : ownOrigin

  guardContents(page, log)
  await app.whenReady()
  serveInterface(session.defaultSession, join(import.meta.dirname, '../renderer'))
  guardSession(session.defaultSession, allowedAddresses(server))

  const current = () => window
  const publish = createPublish(current)
  const notices = createNotices((list) => publish('notices.changed', list))
  const folder = app.getPath('userData')
  const keep = openKeeps(folder, notices, log)
  const failed = (what: string) => (error: unknown) => log(`${what} cannot be kept.`, error)
  const damaged = (what: string) => (path: string) => {
    log(`${what} was damaged on disk and is set aside as ${path}.`)
    notices.raise(`${what} was not readable and begins anew.`, path)
  }
  // Its page loads in a process of its own while the services are built here: what it calls meanwhile waits for them.
  nativeTheme.themeSource = keep('settings').get().theme
  const state = openStore({
    folder,
    name: 'window',
    schema: windowState,
    initial: firstState,
    damaged: damaged('The place of this window'),
    failed: failed("The window's place"),
  })
  const opened = openWindow(page, state, (error) => log(`${page} did not load.`, error))
  window = opened
  opened.on('closed', () => (window = undefined))
  reviveWindow(opened, notices, log)
  giveEditMenu(opened)
  const loaded = once(opened.webContents, 'did-finish-load')

  const attention = createAttention(current)
  const dialogs = createDialogs(current)
  const building = build()
  const answering = building.then((desktop) =>
    createAnswer(
      {
        'app.about': describeApplication,
        'app.copy': ({ text }) => system.copy(text),
        'app.open': ({ address }) => system.openAddress(address),
        ...notices.handlers,
        ...desktop.handlers,
      },
      (name, error) => log(`The call ${name.slice(0, 80)} failed.`, error),
    ),
  )
  serveCalls({
    window: current,
    origin,
    answer: async (name, input) => await (await answering)(name, input),
    log,
  })
  const desktop = await building
  const { settings, places, transfers, deliveries } = desktop
  settings.onChange(() => (nativeTheme.themeSource = settings.current().theme))

  const show = (view: ViewName) => publish('view.asked', { view })
  const showFolder = async (path: string): Promise<void> => {
    const asked = await places.folderOf(path)
    if (asked === undefined) return
    places.remember(asked)
    publish('view.asked', { view: 'library', place: places.placeOf(asked) })
  }
  const openLibrary = () => {
    dialogs
      .chooseFolder()
      .then(async (path) => path !== undefined && (await showFolder(path)))
      .catch((error: unknown) => log('A folder was not opened.', error))
  }
  describeForPanel()
  setMenu({ platform: process.platform, isPackaged: app.isPackaged, show, openLibrary })
  void loaded.then(() => openings.ready(showFolder))
  orderQuit({
    window: opened,
    mayQuit: async () =>
      (!transfers.isActive() || (await askBeforeQuitting(opened, 'transfers'))) &&
      (!deliveries.isActive() || (await askBeforeQuitting(opened, 'delivery'))),
    closings: [
      { what: 'what keeps the system awake', close: attention.close },
      { what: 'the services', close: desktop.close },
    ],
    log,
  })

  async function build(): Promise<Desktop> {
    const secrets = await openSecrets(
      openStore({
        folder,
        name: 'secrets',
        schema: keptSecrets,
        initial: { version: 1, secrets: {} },
        damaged: damaged('The file of encrypted keys'),
        failed: failed('The keys'),
      }),
    )
    const ports: Ports = {
      keep,
      secrets,
      dialogs,
      system,
      publish,
      notify: notices.raise,
      log,
      app: await packedApp(log),
      startSandbox: () => startSandboxThread(join(import.meta.dirname, 'sandbox.js')),
      startSaving: () => startSavingThread(join(import.meta.dirname, 'saving.js'), folder),
      logsFolder: app.getPath('logs'),
      machineFolder: folder,
      catalogueFolder: join(folder, 'catalogue'),
    }
    return await createDesktop({
      ports,
      finished: attention.finished,
      transfersChanged: attention.show,
      deliveryChanged: attention.deliver,
    })
  }
}

function allowedAddresses(server: string | undefined): string[] {
  const own = [`${ownOrigin}/`, 'devtools://']
  if (!server) return own
  const { href } = new URL('/', server)
  return [...own, href, href.replace(/^http/, 'ws')]
}
