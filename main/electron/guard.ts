import { app, shell, type Session, type WebContents } from 'electron'
import type { Log } from './log.ts'
import { outsideAddress } from './outside.ts'

/**
 * Keeps every page where it is: it goes nowhere, opens nothing and embeds nothing. A link to a listed
 * host goes to the browser of the system instead.
 */
export function guardContents(page: string, log: Log): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, page, log))
}

/** Denies everything a page may ask of the system, and every request that is not for its own files. */
export function guardSession(session: Session, allowed: readonly string[]): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
  // Without a language there is no dictionary to fetch, which Chromium does past the rule below, from
  // redirector.gvt1.com, even where no window checks spelling.
  session.setSpellCheckerLanguages([])
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !allowed.some((start) => url.startsWith(start)) })
  })
}

function guard(contents: WebContents, page: string, log: Log): void {
  const refuse = (event: { preventDefault: () => void }, address: string) => {
    if (address === page) return
    event.preventDefault()
    openOutside(address, log)
  }
  contents.on('will-navigate', (event) => refuse(event, event.url))
  contents.on('will-redirect', (event) => refuse(event, event.url))
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url, log)
    return { action: 'deny' }
  })
}

function openOutside(address: string, log: Log): void {
  const listed = outsideAddress(address)
  if (listed === undefined) {
    log(`The window wanted to go to ${address.slice(0, 200)}; it may not.`)
    return
  }
  shell.openExternal(listed).catch((error: unknown) => log(`${listed} did not open.`, error))
}
