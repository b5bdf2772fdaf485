import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assetAt } from '../../main/electron/asset.ts'

const root = join('/', 'srv', 'renderer')

describe('an address of the interface', () => {
  test.each([
    ['app://replicator/', 'index.html', 'text/html; charset=utf-8'],
    ['app://replicator', 'index.html', 'text/html; charset=utf-8'],
    ['app://replicator/index.html?x=1#y', 'index.html', 'text/html; charset=utf-8'],
    ['app://replicator/assets/index-B9.js', 'assets/index-B9.js', 'text/javascript; charset=utf-8'],
    ['app://replicator/assets/style.css', 'assets/style.css', 'text/css; charset=utf-8'],
    ['app://replicator/fonts/Inter%20Bold.woff2', 'fonts/Inter Bold.woff2', 'font/woff2'],
  ])('%s is %s', (address, path, type) => {
    expect(assetAt(root, address)).toEqual({ path: join(root, ...path.split('/')), type })
  })

  test.each([
    'app://other/index.html',
    'https://replicator/index.html',
    'file:///etc/passwd',
    'app://replicator/../main/index.js',
    'app://replicator/%2e%2e/main/index.js',
    'app://replicator/..%2fmain%2findex.js',
    'app://replicator/assets/..%2f..%2f..%2fetc%2fx.json',
    'app://replicator/..%5cmain%5cindex.js',
    'app://replicator/C:%5cx.json',
    'app://replicator/C:/x.json',
    'app://replicator/index.html::$DATA',
    'app://replicator/index.html%00.js',
    'app://replicator//etc/x.json',
    'app://replicator/.git/x.json',
    'app://replicator/assets/',
    'app://replicator/program.exe',
    'app://replicator/noextension',
    'app://replicator/%zz.js',
    'not an address',
  ])('%s is nothing, or inside', (address) => {
    const asset = assetAt(root, address)
    // "/../main" is the same address as "/main" before we see it: it may only mean a file inside.
    if (asset) expect(asset.path.startsWith(join(root, 'main'))).toBe(true)
    else expect(asset).toBeUndefined()
  })

  test('never leaves the folder, whatever is written', () => {
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '/', '\\', '%2e', '%2f', '%5c', '%00', '%252e', 'C:', 'a', 'x.js'),
      fc.string({ maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const asset = assetAt(root, `app://replicator/${pieces.join('')}`)
        return asset === undefined || asset.path.startsWith(join(root, '/'))
      }),
    )
  })
})
