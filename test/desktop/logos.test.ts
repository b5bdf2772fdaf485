import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { openCatalogueShelf, type CatalogueShelf } from '../../main/desktop/catalogue-shelf.ts'
import { LogoFiles } from '../../main/desktop/logos/logo-files.ts'
import { createLogos, type Logos } from '../../main/desktop/logos/logos.ts'
import { pictureType } from '../../main/desktop/logos/picture.ts'
import { noProxies, oneProxy } from '../../main/net/proxy.ts'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import type { CatalogueList } from '../../main/api/shapes.ts'
import { startDesktop, temporaryFolder } from '../support/desktop.ts'
import { serve, type TestServer } from '../support/server.ts'

const svg = Buffer.from(
  '<?xml version="1.0"?><!-- a mark --><svg xmlns="http://www.w3.org/2000/svg"/>',
)
const drawn = `data:image/svg+xml;base64,${svg.toString('base64')}`

let home: ReturnType<typeof temporaryFolder>
let server: TestServer
let shelf: CatalogueShelf
let logos: Logos
let isOffline: boolean
const logged: string[] = []

beforeEach(async () => {
  home = temporaryFolder()
  isOffline = false
  logged.length = 0
  server = await serve(({ url }, response) => {
    const [, kind, rest = ''] = /^\/(\w+)\/?(.*)$/.exec(url) ?? []
    if (kind === 'svg') response.end(svg)
    else if (kind === 'to') response.writeHead(302, { location: rest }).end('elsewhere')
    else if (kind === 'large') response.end(Buffer.concat([svg, Buffer.alloc(300_000)]))
    else if (kind === 'page') response.writeHead(200, { 'content-type': 'image/png' }).end('<html>')
    else response.writeHead(404).end()
  })
  start()
})
afterEach(async () => {
  await logos.close()
  await shelf.close()
  await server.close()
  home.remove()
})

function start(proxy = noProxies): void {
  shelf = openCatalogueShelf({
    folder: join(home.path, 'catalogue'),
    viewer: () => 'guest',
    log: (line) => void logged.push(line),
  })
  const { url } = server
  const site = { catalog: url, auth: url, registry: url, dgx: url, registryName: 'nvcr.io' }
  logos = createLogos({
    reach: async () => ({ site, network: { proxy } }),
    shelf,
    isOffline: () => isOffline,
    log: (line) => void logged.push(line),
  })
}

const ask = async (address: string): Promise<string | null> =>
  await logos.handlers['catalogue.logo']({ id: logos.idOf(address) })
const at = (path: string): string => new URL(path, server.url).href

describe('the logo of a repository', () => {
  it('is fetched once, by a request that says nothing of who asks, and kept', async () => {
    expect(await Promise.all([ask(at('/svg')), ask(at('/svg'))])).toEqual([drawn, drawn])
    expect(await ask(at('/svg'))).toBe(drawn)
    expect(server.requests).toHaveLength(1)
    expect(Object.keys(server.requests[0]?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'connection',
      'host',
      'user-agent',
    ])
    await shelf.close()
    isOffline = true
    start()
    expect(await ask(at('/svg'))).toBe(drawn)
    expect(server.requests).toHaveLength(1)
  })

  it('is not fetched while the catalogue is out of reach', async () => {
    isOffline = true
    expect(await ask(at('/svg'))).toBeNull()
    isOffline = false
    expect(await ask(at('/svg'))).toBe(drawn)
  })

  it.each(['/none', '/large', '/page', '/to/', '/to/%%'])(
    'that cannot be had is not asked for again until the catalogue is: %s',
    async (path) => {
      expect(await ask(at(path))).toBeNull()
      const asked = server.requests.length
      expect(await ask(at(path))).toBeNull()
      expect(server.requests).toHaveLength(asked)
      logos.renew()
      expect(await ask(at(path))).toBeNull()
      expect(server.requests.length).toBeGreaterThan(asked)
      expect(logged[0]).toContain('A logo is left out')
    },
  )

  it('is followed where it moved to, and not for ever', async () => {
    expect(await ask(at('/to//svg'))).toBe(drawn)
    expect(await ask(at('/to//to//to//to//to//svg'))).toBeNull()
  })

  it('is never asked of this machine, of its network or without HTTPS, nor after a redirect', async () => {
    const other = await serve((_, response) => response.end(svg))
    const astray = [
      other.url.href,
      `https://localhost:${other.url.port}/`,
      'https://127.0.0.1/',
      'https://169.254.169.254/latest/meta-data',
      'https://router/',
      'http://assets.example.com/',
      'file:///etc/passwd',
      'data:image/svg+xml,<svg/>',
      'no address',
    ]
    for (const address of astray) {
      expect(await ask(address)).toBeNull()
      expect(await ask(at(`/to/${address}`))).toBeNull()
    }
    expect(other.connections()).toBe(0)
    await other.close()
  })

  it('goes through the proxy that everything goes through', async () => {
    const proxy = await serve((_, response) => response.writeHead(502).end())
    start(oneProxy(proxy.url.href))
    expect(await ask('https://assets.nvidiagrid.net/logo.png')).toBeNull()
    expect(proxy.connections()).toBe(1)
    await proxy.close()
  })

  it('comes with the list of the catalogue, for guests too, and is there without a line', async () => {
    const sandbox = await startSandbox()
    const first = await startDesktop({ sandbox, folder: home.path })
    const listOf = (desktop: typeof first): CatalogueList =>
      desktop.handlers['catalogue.get']({}) as CatalogueList
    const logoOf = (desktop: typeof first, path: string): string =>
      listOf(desktop).repositories.find((row) => row.path === path)?.logo ?? ''
    await first.handlers['settings.change']({ site: { ...sandbox.site } })
    await first.handlers['session.begin']({ as: 'guest' })
    await vi.waitFor(() => expect(listOf(first).state).toBe('ready'), { timeout: 20_000 })
    const id = logoOf(first, 'nvidia/pytorch')
    const picture = await first.handlers['catalogue.logo']({ id })
    expect(picture).toMatch(/^data:image\/svg\+xml;base64,/)
    expect(sandbox.requests.all({ path: '/logos/nvidia/pytorch.svg' })).toHaveLength(1)
    const missing = logoOf(first, 'nvidia/digits')
    expect(await first.handlers['catalogue.logo']({ id: missing })).toBeNull()
    await first.close()
    await sandbox.close()

    const second = await startDesktop({ sandbox, folder: home.path })
    await vi.waitFor(() => expect(logoOf(second, 'nvidia/pytorch')).toBe(id))
    expect(await second.handlers['catalogue.logo']({ id })).toBe(picture)
    expect(await second.handlers['catalogue.logo']({ id: '../guest' })).toBeNull()
    await second.handlers['session.end']({})
    await second.close()
    expect(await readdir(home.path)).not.toContain('catalogue')
  }, 60_000)
})

test('kept logos take no more than their room, the oldest go first, and none is older than a month', async () => {
  const folder = join(home.path, 'logos')
  const files = new LogoFiles(folder, 1_000)
  for (const id of ['a', 'b', 'c']) await files.write(id, Buffer.alloc(400, id))
  expect(await readdir(folder)).toEqual(['b', 'c'])
  expect(await files.read('a')).toBeUndefined()
  await utimes(join(folder, 'b'), 0, Date.now() / 1000 - 31 * 86_400)
  const later = new LogoFiles(folder, 1_000)
  expect(await later.read('b')).toBeUndefined()
  expect(await later.read('c')).toEqual(Buffer.alloc(400, 'c'))
  expect(await readdir(folder)).toEqual(['c'])
})

describe('a picture', () => {
  it.each([
    ['image/png', png(512, 512)],
    ['image/gif', hex('474946383961 1000 2000')],
    ['image/jpeg', hex('ffd8 ffe0 0004 0000 ffc0 0011 08 0010 0020 03')],
    ['image/webp', hex('52494646 00000000 57454250 56503820 00000000 000000 9d012a 1000 1000')],
    ['image/webp', hex('52494646 00000000 57454250 5650384c 00000000 2f 0fc00300')],
    ['image/webp', hex('52494646 00000000 57454250 56503858 0a000000 00000000 0f0000 0f0000')],
    ['image/svg+xml', svg],
    [
      'image/svg+xml',
      Buffer.from('\uFEFF <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN">\n<svg >'),
    ],
  ])('is told by its bytes: %s', (type, bytes) => {
    expect(pictureType(bytes)).toBe(type)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<html><svg></svg></html>')],
    ['a PNG that would be unpacked to gigabytes', png(30_000, 30_000)],
    ['a JPEG without end', Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(9_000, 255)])],
    ['a JPEG that ends', Buffer.from('ffd8ffe0ffff00', 'hex')],
    ['a script', Buffer.from('alert("<svg>")')],
    ['entities', Buffer.from('<!DOCTYPE svg [<!ENTITY a "aa">]><svg>&a;</svg>')],
    ['comments that never end', Buffer.from('<!--'.repeat(60_000))],
    ['a bitmap', Buffer.from('BM      ')],
  ])('is none: %s', (_, bytes) => {
    expect(pictureType(bytes)).toBeUndefined()
  })
})

function png(width: number, height: number): Buffer {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const size = Buffer.alloc(8)
  size.writeUInt32BE(width)
  size.writeUInt32BE(height, 4)
  return Buffer.concat([header, size, deflateSync(Buffer.alloc(100))])
}

function hex(text: string): Buffer {
  return Buffer.concat([Buffer.from(text.replaceAll(' ', ''), 'hex'), Buffer.alloc(30)])
}
