import { expect, test } from 'vitest'
import { parseSite } from '../../main/ngc/site-file.ts'
import { registryNameOf } from '../../renderer/stores/registry-name.ts'

test.each([
  {},
  { catalog: 'https://catalogue.example' },
  { registry: 'https://registry.example:5000' },
  { registry: 'https://registry.example', registryName: 'NVCR.io' },
])('the window calls the registry of %j as main does', (site) => {
  expect(registryNameOf(site)).toBe(parseSite(JSON.stringify(site), 'the settings').registryName)
})
