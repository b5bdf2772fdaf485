import { app } from 'electron'
import { askedPath } from './asked-folder.ts'
import type { Log } from './log.ts'

/**
 * Hears which folder or tarball the system wants opened: by an argument of this start or of a second one, or as the Finder of
 * macOS asks, which may be before anything is ready. `focus` brings the window to the user; what was asked for last is kept
 * until `ready` gives the way to open it.
 */
export function hearOpenings(
  focus: () => void,
  log: Log,
): { ready: (open: (path: string) => Promise<void>) => void } {
  let open: ((path: string) => Promise<void>) | undefined
  let waiting: string | undefined

  const ask = async (path: string | undefined): Promise<void> => {
    if (path === undefined) return
    if (open) await open(path)
    else waiting = path
  }
  const askByArguments = async (argv: readonly string[], cwd: string): Promise<void> => {
    const { isPackaged } = app
    await ask(await askedPath(argv, { isPackaged, cwd, appPath: app.getAppPath() }))
  }
  const settle = (asking: Promise<void>): void => {
    asking.catch((error: unknown) => log('What was to be opened was not.', error))
  }

  app.on('second-instance', (_event, argv, cwd) => {
    focus()
    settle(askByArguments(argv, cwd))
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    focus()
    settle(ask(path))
  })
  settle(askByArguments(process.argv, process.cwd()))

  return {
    ready(given) {
      open = given
      settle(ask(waiting))
    },
  }
}
