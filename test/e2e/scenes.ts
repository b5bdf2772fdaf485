import type { Scene } from './scene.ts'
import { catalogueScenes } from './scenes/catalogue.ts'
import { deliveryScenes } from './scenes/delivery.ts'
import { libraryScenes } from './scenes/library.ts'
import { planScenes } from './scenes/plan.ts'
import { settingsScenes } from './scenes/settings.ts'
import { transferScenes } from './scenes/transfers.ts'
import { welcomeScenes } from './scenes/welcome.ts'

const small = new Set([
  'catalogue',
  'plan',
  'transfers',
  'transfers-phases',
  'transfers-another-drive',
  'plan-docker-and-app',
  'library-activity',
  'library-load-engines',
  'library',
  'library-image',
  'library-delivering',
  'library-push-names',
  'settings',
  'welcome',
  'catalogue-rules',
  'settings-licences',
])

const all = [
  ...welcomeScenes,
  ...catalogueScenes,
  ...planScenes,
  ...transferScenes,
  ...libraryScenes,
  ...settingsScenes,
  ...deliveryScenes,
]

export const scenes: readonly Scene[] = [
  ...all,
  ...all.filter(({ name }) => small.has(name)).map(smaller),
]

function smaller(scene: Scene): Scene {
  return Object.assign({}, scene, { name: `small-${scene.name}`, width: 800, height: 600 })
}
