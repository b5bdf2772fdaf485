import { writeFile } from 'node:fs/promises'
import type { Handlers } from '../api/contract.ts'
import { AppError } from '../api/errors.ts'
import type { PlanRow, PlanView } from '../api/shapes.ts'
import { identityOf, type DriveIdentity } from '../disk/drive-identity.ts'
import { probeWriteSpeed } from '../disk/write-speed.ts'
import { destinationError } from '../archive/destination-error.ts'
import { parseReference } from '../registry/reference.ts'
import type { Connection } from './connection.ts'
import { planFile } from './plan-file.ts'
import { viewOf } from './plan-view.ts'
import type { PlacesService } from './places.ts'
import type { Ports } from './ports.ts'
import type { Saving } from './saving/saving.ts'
import { noRules, type SelectionService } from './selection.ts'
import type { SettingsService } from './settings.ts'
import type { SpeedService } from './speeds.ts'

/** A plan that was shown, and what its transfers need to know. */
export type KnownPlan = {
  view: PlanView
  where: { folder: string; drive?: DriveIdentity }
  /** What the plan asked for of an image: `all` yields several rows. */
  wantedOf: (row: Pick<PlanRow, 'reference' | 'platform'>) => string
}

export type PlanService = {
  /** Throws AppError `not-found` for a plan that is not known any more. */
  known: (id: string) => KnownPlan
  close: () => Promise<void>
  handlers: Pick<Handlers, 'plan.make' | 'plan.save'>
}

const mostKnown = 4

export function createPlans(parts: {
  connection: Connection
  places: PlacesService
  selection: SelectionService
  settings: SettingsService
  speeds: SpeedService
  dialogs: Ports['dialogs']
  app: Ports['app']
  saving: Pick<Saving, 'prepare'>
}): PlanService {
  const { connection, places, selection, settings, speeds, dialogs, app, saving } = parts
  const plans = new Map<string, KnownPlan>()
  let making = new AbortController()
  let running: Promise<unknown> = Promise.resolve()

  const known = (id: string): KnownPlan => {
    const plan = plans.get(id)
    if (plan) return plan
    throw new AppError('not-found', 'This plan is not known any more.', {
      hint: 'Review the plan again.',
    })
  }

  const make = async (folder: string, signal: AbortSignal): Promise<PlanView> => {
    const { items, platform } = selection.current()
    if (items.length === 0) {
      throw new AppError('usage', 'Nothing is selected.', {
        hint: 'Select images in the catalogue first.',
      })
    }
    await places.refresh()
    const { maxFileSizeBytes, withApp } = settings.current()
    const carried = withApp && app ? [app] : []
    const own = new Map(
      items.flatMap(({ reference, platforms }) => (platforms ? [[reference, platforms]] : [])),
    )
    const named = items.map(({ reference }) => reference).filter((reference) => !own.has(reference))
    const listed = [...own].flatMap(([text, platforms]) => {
      const reference = parseReference(text)
      return platforms.map((wanted) => ({ reference, platform: wanted }))
    })
    const [plan, driveBytesPerSecond] = await Promise.all([
      connection.use(async (core) => {
        const opened = await core.openDestination(folder, { mayBeReadOnly: true, signal })
        return await core.planInto(
          opened,
          { named, rules: noRules, external: [], listed, platform, maxFileSizeBytes, carried },
          signal,
        )
      }),
      probeWriteSpeed(folder, signal),
    ])
    signal.throwIfAborted()
    const view = viewOf(plan, places.placeOf(folder), {
      maxFileSizeBytes,
      app: app && { sizeBytes: app.sizeBytes, isWanted: withApp },
      driveBytesPerSecond,
      lineBytesPerSecond: speeds.line(),
    })
    const wantedOf: KnownPlan['wantedOf'] = (row) =>
      own.has(row.reference) ? row.platform : platform
    const { drive } = plan.destination
    const where = { folder, ...(drive && { drive: identityOf(drive) }) }
    plans.set(view.id, { view, where, wantedOf })
    for (const id of [...plans.keys()].slice(0, -mostKnown)) plans.delete(id)
    places.remember(folder)
    // Who saves is told what is wrong.
    saving.prepare().catch(() => undefined)
    return view
  }

  return {
    known,
    async close() {
      making.abort()
      await running
    },
    handlers: {
      async 'plan.make'({ grant }) {
        const folder = places.pathOf(grant)
        making.abort(new AppError('cancelled', 'Another plan was asked for.'))
        making = new AbortController()
        const made = make(folder, making.signal)
        running = made.catch(() => undefined)
        return await made
      },
      async 'plan.save'({ id, format }) {
        const { view } = known(id)
        const path = await dialogs.chooseSavePath(`plan.${format}`)
        if (path === undefined) return false
        await writeFile(path, planFile(view, format)).catch((error: unknown) => {
          throw destinationError(error, path)
        })
        return true
      },
    },
  }
}
