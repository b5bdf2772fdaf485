import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kept, type KeepName } from '../../main/desktop/kept.ts'
import { setAsideIfDamaged } from '../../main/electron/set-aside.ts'

const names = Object.keys(kept) as KeepName[]

test.each(names)('what the %s begin with is of their own shape', (name) => {
  expect(kept[name].schema.safeParse(kept[name].initial).success).toBe(true)
})

test.each(names)('a damaged file of the %s is set aside, and never read', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'))
  for (const text of ['{"version":1,', '{"version":2}', '[]']) {
    const path = join(folder, `${name}.json`)
    writeFileSync(path, text)
    expect(setAsideIfDamaged(path, kept[name].schema)).toContain(`${name}.damaged-`)
    expect(readdirSync(folder)).not.toContain(`${name}.json`)
  }
  rmSync(folder, { recursive: true })
})
