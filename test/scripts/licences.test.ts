import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { asText, collectLicences } from '../../scripts/licences.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('every package that the application needs to run is there with its terms', async () => {
  const licences = await collectLicences(root)
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(`${root}/package.json`, 'utf8')))
  const names = licences.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)))
  expect(names).not.toContain('playwright-core')
  expect(licences.filter(({ licence }) => licence === 'unknown')).toEqual([])
  expect(licences.find(({ name }) => name === 'react')).toMatchObject({
    licence: 'MIT',
    text: expect.stringContaining('Permission is hereby granted') as unknown,
  })
})

test('the list is the same each time', async () => {
  const [one, other] = await Promise.all([collectLicences(root), collectLicences(root)])
  expect(asText(one)).toBe(asText(other))
})
