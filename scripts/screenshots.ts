import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from '../test/e2e/application.ts'
import provide from '../test/e2e/runtime.ts'
import { scenes } from '../test/e2e/scenes.ts'
import { stage } from '../test/e2e/stage.ts'
import { resize } from '../test/e2e/window.ts'

// `npm run screenshots [WORD]`: every view in light and dark, empty, busy and failed, into test-results/screens;
// only the scenes whose name holds WORD if one is given.
const folder = 'test-results/screens'
const word = process.argv[2] ?? ''
await provide()
await mkdir(folder, { recursive: true })
const userData = await mkdtemp(join(tmpdir(), 'ngc-replicator-screens-'))
const { electron, page } = await launch(userData)
try {
  for (const scene of scenes.filter(({ name }) => name.includes(word))) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await resize(electron, scene.width ?? 1280, scene.height ?? 800)
      await stage(electron, page, scene.answers)
      await scene.act?.(page)
      await page.evaluate(async () => await document.fonts.ready)
      await page.screenshot({ path: join(folder, `${scene.name}-${colorScheme}.png`) })
    }
    process.stdout.write(`${scene.name}\n`)
  }
} finally {
  await electron.close()
  await rm(userData, { recursive: true, force: true })
}
