import { lazy } from 'react'

/** The views, each in a script of its own: what is not shown first need not be read first. */
const sources = {
  catalogue: async () => (await import('../catalogue/catalogue.tsx')).Catalogue,
  library: async () => (await import('../library/library.tsx')).Library,
  plan: async () => (await import('../plan/plan.tsx')).Plan,
  settings: async () => (await import('../settings/settings.tsx')).Settings,
  transfers: async () => (await import('../transfers/transfers.tsx')).Transfers,
  welcome: async () => (await import('../welcome/welcome.tsx')).Welcome,
}

export const Catalogue = lazy(async () => ({ default: await sources.catalogue() }))
export const Library = lazy(async () => ({ default: await sources.library() }))
export const Plan = lazy(async () => ({ default: await sources.plan() }))
export const Settings = lazy(async () => ({ default: await sources.settings() }))
export const Transfers = lazy(async () => ({ default: await sources.transfers() }))
export const Welcome = lazy(async () => ({ default: await sources.welcome() }))

/** Reads all of them when there is nothing else to do, so that no view has to be waited for. */
export function readAhead(): void {
  requestIdleCallback(() => {
    for (const read of Object.values(sources)) void read()
  })
}
