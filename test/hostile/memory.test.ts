import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { constants, createGzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodeHeader } from '../../main/archive/tar-header.ts'
import { digestOf } from '../../main/sandbox/image.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import { tarOf } from '../support/source.ts'
import { deepJson } from './evil.ts'

const HEAP_MB = 160
const program = join(import.meta.dirname, '..', '..', 'main', 'cli.ts')

/** Runs a command in a process whose heap is bounded; what it reads beside that is bounded by its slabs. */
async function runBounded(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, program, ...args])
  const [[code], ...output] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, output: output.join('') }
}

/** A sparse file: gigabytes that take no space. */
async function sparse(name: string, start: Uint8Array, sizeBytes: number): Promise<string> {
  const path = join(await temporaryFolder(), name)
  const file = await open(path, 'w')
  await file.write(start)
  await file.truncate(sizeBytes)
  await file.close()
  return path
}

function signed(header: Buffer, type: string): Buffer {
  header.write(type, 156)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

describe(`In ${HEAP_MB} MB of heap`, () => {
  it.each([
    ['x', 'a pax header'],
    ['L', 'a long name'],
    ['K', 'a long link'],
    ['g', 'a global header'],
  ])('a tarball with %s of a gigabyte (%s) is refused by its name', async (type) => {
    const header = signed(Buffer.from(encodeHeader('blobs/sha256/a', 2 ** 30)), type)
    const path = await sparse(`endless-${type}.tar`, header, 2 ** 30 + 2048)
    const { code, output } = await runBounded('inventory', dirname(path))
    expect(code).toBe(0)
    expect(output).toContain(`endless-${type}.tar`)
  })

  it('a million members are refused by the name of the file', async () => {
    const header = encodeHeader('oci-layout', 0)
    const path = join(await temporaryFolder(), 'million.tar')
    const file = await open(path, 'w')
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => header))
    for (let count = 0; count < 100; count += 1) await file.write(many)
    await file.close()
    const { code, output } = await runBounded('verify', path)
    expect(code).toBe(1)
    expect(output).toContain('million.tar')
    expect(output).toMatch(/100000 members|two members/)
  })

  it('a layer that unpacks to half a gigabyte is verified, and found wanting', async () => {
    const gzip = createGzip({ level: constants.Z_BEST_SPEED })
    const packed = gzip.toArray()
    const zeros = Buffer.alloc(1024 * 1024)
    for (let count = 0; count < 512; count += 1) {
      if (!gzip.write(zeros)) await once(gzip, 'drain')
    }
    gzip.end()
    const bomb = Buffer.concat((await packed) as Buffer[])
    const config = { rootfs: { diff_ids: [digestOf(Buffer.from('no'))] } }
    const list = [{ Config: 'c.json', RepoTags: ['bomb:1'], Layers: ['bomb/layer.tar'] }]
    const path = join(await temporaryFolder(), 'bomb.tar')
    await writeFile(
      path,
      tarOf({ 'c.json': config, 'bomb/layer.tar': bomb, 'manifest.json': list }),
    )
    const { code, output } = await runBounded('verify', path)
    expect(code).toBe(1)
    expect(output).toContain('bomb.tar')
    expect(output).toContain('bomb/layer.tar is not what its digest says')
  })

  it('documents of the largest size, nested without end, are refused', async () => {
    const deep = '['.repeat(8 * 1024 * 1024)
    for (const [name, json] of [
      ['deep-1', deep],
      ['deep-2', deepJson[1] ?? ''],
    ] as const) {
      const path = join(await temporaryFolder(), `${name}.tar`)
      await writeFile(path, tarOf({ 'oci-layout': {}, 'index.json': Buffer.from(json) }))
      const { code, output } = await runBounded('verify', path)
      expect(code).toBe(1)
      expect(output).toContain(`${name}.tar`)
      expect(output).toContain('index.json')
    }
  })

  it('a list of checksums of gigabytes is not read', async () => {
    const own = await temporaryFolder()
    const file = await open(join(own, 'SHA256SUMS'), 'w')
    await file.truncate(2 ** 33)
    await file.close()
    await writeFile(join(own, 'a.tar'), tarOf({ 'index.json': {} }))
    const { code, output } = await runBounded('verify', own)
    expect(code).toBe(1)
    expect(output).toContain('a.tar')
    expect(await readdir(own)).toEqual(['SHA256SUMS', 'a.tar', 'history.jsonl'])
  })
})
