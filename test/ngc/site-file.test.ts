import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../main/api/errors.ts'
import { parseSite, readSiteFile } from '../../main/ngc/site-file.ts'
import { endpoint, publicSite } from '../../main/ngc/site.ts'

const parse = (fields: unknown) => parseSite(JSON.stringify(fields), 'site.json')

function problemOf(text: string): AppError {
  try {
    parseSite(text, 'site.json')
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('a site file', () => {
  test('may leave out every service, and then they are NVIDIA’s', () => {
    expect(parse({})).toEqual(publicSite)
  })

  test('keeps the path of a service and drops the slashes at its end', () => {
    const site = parse({ catalog: 'https://ngc.example/mirror//' })
    expect(site.catalog.href).toBe('https://ngc.example/mirror')
    expect(endpoint(site.catalog, '/v2/orgs', { q: 'a b&c' }).href).toBe(
      'https://ngc.example/mirror/v2/orgs?q=a+b%26c',
    )
    expect(endpoint(publicSite.catalog, '/v2/orgs').href).toBe('https://api.ngc.nvidia.com/v2/orgs')
  })

  test('names references by the registry’s host unless it says otherwise', () => {
    expect(parse({ registry: 'https://Registry.Example:5443' }).registryName).toBe(
      'registry.example:5443',
    )
    expect(parse({ registry: 'https://r.example', registryName: 'nvcr.io' }).registryName).toBe(
      'nvcr.io',
    )
  })

  test.each(['http://127.0.0.1:5000', 'http://localhost:5000', 'http://[::1]:5000'])(
    'may use plain http on this machine: %s',
    (registry) => {
      expect(parse({ registry }).registry.origin).toBe(registry)
    },
  )

  test('may use plain http to other machines only if it says insecure', () => {
    const catalog = 'http://ngc.example'
    expect(problemOf(JSON.stringify({ catalog })).message).toMatch(/"catalog" is plain http/)
    expect(problemOf(JSON.stringify({ catalog, insecure: false })).code).toBe('usage')
    expect(parse({ catalog, insecure: true }).catalog.origin).toBe(catalog)
  })

  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is not an object'],
    ['null', 'it is not an object'],
    ['{"catalogue": "https://a.example"}', 'it has the unknown field "catalogue"'],
    ['{"catalog": 5}', '"catalog" is not a text'],
    ['{"insecure": "yes"}', '"insecure" is not true or false'],
    ['{"catalog": "ngc.example"}', '"catalog" is not an address such as https://host'],
    ['{"auth": "ftp://a.example"}', '"auth" uses ftp: and not https:'],
    ['{"dgx": "https://a.example/?x=1"}', '"dgx" must end with its path'],
    ['{"registry": "https://a.example/v2"}', '"registry" must be a host without a path'],
    ['{"registryName": "a b"}', '"registryName" is not a host name such as nvcr.io'],
    ['{"catalog": "http://127.0.0.1.evil.example"}', '"catalog" is plain http to another machine'],
  ])('that holds %s is refused, by file and field', (text, problem) => {
    const error = problemOf(text)
    expect(error.code).toBe('usage')
    expect(error.message).toContain(`The site file site.json cannot be used: ${problem}`)
  })

  test('with a password in an address is refused without repeating it', () => {
    const error = problemOf('{"catalog": "https://me:hunter2@a.example"}')
    expect(error.message).toMatch(/"catalog" holds a user name or password/)
    expect(`${error.message} ${error.hint}`).not.toContain('hunter2')
  })

  test('is read from disk, and a missing one is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'site-'))
    try {
      const file = join(folder, 'site.json')
      await writeFile(file, '{"dgx": "https://dgx.example"}')
      await expect(readSiteFile(file)).resolves.toMatchObject({ registryName: 'nvcr.io' })
      await expect(readSiteFile(join(folder, 'no.json'))).rejects.toThrow(/no\.json.*ENOENT/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
