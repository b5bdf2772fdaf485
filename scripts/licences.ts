import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** A package that comes along with the application, and under which terms. */
export type Licence = { name: string; version: string; licence: string; text: string }

/**
 * The licences of all packages of other people that run with the application, by the lock file and the folders that npm made
 * of it: sorted, and the same wherever the same versions are installed. Packages for one system alone are left out.
 */
export async function collectLicences(root: string): Promise<Licence[]> {
  const { packages } = lockFile.parse(
    JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')),
  )
  const folders = Object.entries(packages)
    .filter(
      ([folder, { dev, devOptional, optional }]) => folder && !dev && !devOptional && !optional,
    )
    .map(([folder]) => folder)
  const found = await Promise.all(
    folders.map(async (folder) => await licenceOf(join(root, folder))),
  )
  const byName = new Map(found.map((one) => [`${one.name} ${one.version}`, one]))
  return [...byName.keys()].toSorted().flatMap((key) => byName.get(key) ?? [])
}

/** All of them as one plain text, for an installer. */
export function asText(licences: readonly Licence[]): string {
  const parts = licences.map(
    ({ name, version, licence, text }) => `${name} ${version}\n${licence}\n\n${text}\n`,
  )
  return parts.join(`\n${'-'.repeat(78)}\n\n`)
}

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
})

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
  author: z.union([z.string(), z.object({ name: z.string() })]).optional(),
})

async function licenceOf(folder: string): Promise<Licence> {
  const { name, version, license, licenses, author } = manifest.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  )
  const named = typeof license === 'object' ? license.type : license
  const licence = named ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'unknown'
  const by = typeof author === 'object' ? author.name : author
  const files = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && /^(?:licen[cs]e|copying|notice)/i.test(entry.name))
    .map((entry) => entry.name)
    .toSorted()
  const texts = await Promise.all(
    files.map(async (file) => await readFile(join(folder, file), 'utf8')),
  )
  // A few publish no text; their manifest then is all they say.
  const text = texts.map((one) => one.replaceAll('\r\n', '\n').trim()).join('\n\n')
  return { name, version, licence, text: text || `${licence}${by ? `, by ${by}` : ''}` }
}
