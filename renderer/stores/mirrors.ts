import { keepForward } from './forward.ts'
import { mirrored } from './mirror.ts'

/** Main's state, mirrored: one store for each snapshot that it publishes. */
export const session = mirrored('session.changed', 'session.get')
export const settings = mirrored('settings.changed', 'settings.get')
export const catalogue = mirrored('catalogue.changed', 'catalogue.get')
export const selection = mirrored('selection.changed', 'selection.get')
export const places = mirrored('places.changed', 'places.get')
export const transfers = mirrored('transfers.changed', 'transfers.get', keepForward)
export const delivery = mirrored('delivery.changed', 'delivery.get')

export async function mirrorAll(): Promise<void> {
  const all = [session, settings, catalogue, selection, places, transfers, delivery]
  await Promise.all(all.map(async ({ start }) => await start()))
}
