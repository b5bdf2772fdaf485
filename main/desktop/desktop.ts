import type { Handlers } from '../api/contract.ts'
import type { TransfersView } from '../api/shapes.ts'
import { createHistory } from '../library/history/history.ts'
import { listDrives, type FoundDrive } from '../disk/drive-list.ts'
import { createCatalogueService } from './catalogue.ts'
import { openCatalogueShelf } from './catalogue-shelf.ts'
import { createConnection, type Connection } from './connection.ts'
import { coreSettings, coreWith, networkOf, siteOf } from './core-settings.ts'
import { createComparisons } from './library/comparisons.ts'
import { createDeliveries, type DeliveriesService } from './delivery/deliveries.ts'
import { createLibrary } from './library/library.ts'
import { createPlaces, type PlacesService } from './places.ts'
import { createPlans, type PlanService } from './plan.ts'
import type { Ports } from './ports.ts'
import { createSelection } from './selection.ts'
import { orderSaving } from './saving/order-saving.ts'
import type { Saving } from './saving/saving.ts'
import { openSession } from './session.ts'
import { createSettings, type SettingsService } from './settings.ts'
import { createSpeeds } from './speeds.ts'
import { createTransfers, type TransfersService } from './transfers/transfers.ts'

export type DesktopHandlers = Omit<
  Handlers,
  'app.about' | 'app.copy' | 'app.open' | 'notices.list' | 'notices.dismiss'
>

export type Desktop = {
  handlers: DesktopHandlers
  places: PlacesService
  transfers: TransfersService
  deliveries: DeliveriesService
  settings: SettingsService
  /** Ends everything that runs, and saves what has to be. */
  close: () => Promise<void>
}

export type DesktopParts = {
  ports: Ports
  drives?: () => Promise<FoundDrive[]>
  offlineRetryMs?: number
  occupiedRetryMs?: number
  /** All transfers have ended. */
  finished?: (outcome: { done: number; failed: number }) => void
  /** Loading or pushing began, or has ended. */
  deliveryChanged?: (isActive: boolean) => void
  transfersChanged?: (view: TransfersView) => void
}

/** Builds every service of the desktop: the only place that knows them all. */
export async function createDesktop(parts: DesktopParts): Promise<Desktop> {
  const { ports, drives = listDrives } = parts
  const { publish, log } = ports
  const settings = createSettings(ports)
  const reach = async () => ({ site: siteOf(settings), network: await networkOf(settings) })
  const session = await openSession({ ...ports, reach })
  const history = createHistory(ports.machineFolder, log)
  const core = async () => await coreSettings(session, settings)
  const connection = createConnection(async () => await coreWith(await core(), { history, log }))
  const saving = orderSaving({ start: ports.startSaving, settings: core, log })
  const speeds = createSpeeds(ports)
  const isBusy = (drive: FoundDrive): boolean =>
    transfers.isWriting(drive) || deliveries.isReading(drive)
  const places = createPlaces({ ...ports, drives, isBusy })
  const projects = (): string[] => settings.current().projects
  const viewer = (): string | undefined =>
    session.current().kind === 'none'
      ? undefined
      : JSON.stringify([session.current(), siteOf(settings), projects()])
  const shelf = openCatalogueShelf({ folder: ports.catalogueFolder, viewer, log })
  const catalogue = createCatalogueService({
    connection,
    projects,
    shelf,
    reach: async () => ({
      site: (await session.sandboxSite()) ?? siteOf(settings),
      network: await networkOf(settings),
    }),
    publish,
    log,
  })
  const registryName = (): string =>
    session.current().kind === 'sandbox' ? 'nvcr.io' : siteOf(settings).registryName
  const hasSession = (): boolean => session.current().kind !== 'none'
  const selection = createSelection({
    ...ports,
    connection,
    catalogue,
    settings,
    hasSession,
    registryName,
  })
  const plans: PlanService = createPlans({
    ...ports,
    connection,
    places,
    selection,
    settings,
    speeds,
    saving,
  })
  const transfers: TransfersService = createTransfers({
    ...ports,
    saving,
    places,
    plans: () => plans,
    settings,
    speeds,
    finished: parts.finished,
    changed: parts.transfersChanged,
    offlineRetryMs: parts.offlineRetryMs,
    occupiedRetryMs: parts.occupiedRetryMs,
  })
  const library = createLibrary({ ...ports, places, history })

  const deliveries: DeliveriesService = createDeliveries({
    ...ports,
    places,
    library,
    settings,
    history,
    changed: parts.deliveryChanged,
  })

  const reconnect = (): void => {
    connection.renew()
    if (session.current().kind === 'none') return
    catalogue.refresh({ forget: true })
    selection.remeasure()
  }
  session.onChange(({ kind }) => {
    // Without a session nothing of it may go on or stay.
    if (kind === 'none') {
      transfers.pauseAll()
      shelf.clear()
    }
    reconnect()
    if (kind !== 'none') transfers.start()
  })
  reconnectOnSettings(settings, { connection, saving, reconnect })
  await places.refresh().catch((error: unknown) => log('The drives could not be listed.', error))
  if (session.current().kind !== 'none') {
    reconnect()
    transfers.start()
  }

  return {
    handlers: {
      ...session.handlers,
      ...settings.handlers,
      ...catalogue.handlers,
      ...selection.handlers,
      ...places.handlers,
      ...plans.handlers,
      ...transfers.handlers,
      ...library.handlers,
      ...deliveries.handlers,
      ...createComparisons({ ...ports, places, selection }),
    },
    places,
    transfers,
    deliveries,
    settings,
    /** Transfers first, while all that they rely on still stands. */
    async close() {
      await Promise.all([transfers.close(), deliveries.close()])
      await Promise.all([library, plans, selection, catalogue].map(({ close }) => close()))
      places.close()
      await Promise.all([saving.close(), connection.close()])
      await session.close()
    },
  }
}

type Reconnected = { connection: Connection; saving: Saving; reconnect: () => void }

/** Which catalogue is seen hangs on the site and the projects; how it is reached on the rest. */
function reconnectOnSettings(
  settings: SettingsService,
  { connection, saving, reconnect }: Reconnected,
): void {
  const facts = () => {
    const { site, projects, platform, proxy, extraCertificates, ...rest } = settings.current()
    const certificates = extraCertificates.map(({ id }) => id)
    return {
      seen: JSON.stringify([site, projects, platform, proxy, certificates]),
      reached: JSON.stringify([rest.connections, rest.source]),
      limit: rest.limitBytesPerSecond,
    }
  }
  let before = facts()
  settings.onChange(() => {
    const now = facts()
    if (now.limit !== before.limit) saving.limit(now.limit)
    if (now.seen !== before.seen) reconnect()
    else if (now.reached !== before.reached) connection.renew()
    before = now
  })
}
