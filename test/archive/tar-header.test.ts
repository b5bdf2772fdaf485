import { execFile } from 'node:child_process'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  END_BYTES,
  encodeHeader,
  paddingAfter,
  parseHeader,
} from '../../main/archive/tar-header.ts'
import { collectMembers } from '../../main/archive/tar-members.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import { has } from '../support/parts.ts'
import { sourceOf } from '../support/source.ts'

const run = promisify(execFile)

describe('a header', () => {
  it('tells the name and the size that it was made of, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .string({ minLength: 1, maxLength: 300, unit: 'grapheme' })
          .filter((name) => !name.includes('\0')),
        fc.maxSafeNat(),
        async (name, sizeBytes) => {
          fc.pre(sizeBytes < Number.MAX_SAFE_INTEGER - 4096)
          const header = encodeHeader(name, sizeBytes)
          const { ending } = await collectMembers(sourceOf(header))
          // Cut off within its data, but understood.
          if (sizeBytes > 0)
            expect(ending).toMatchObject({ kind: 'torn', member: { name, sizeBytes } })
        },
      ),
    )
  })

  it('is the same, byte for byte, each time', () => {
    expect(encodeHeader('blobs/sha256/a', 12)).toEqual(encodeHeader('blobs/sha256/a', 12))
  })

  it.each([
    { sizeBytes: 0 },
    { sizeBytes: 1 },
    { sizeBytes: 8 * 2 ** 30 - 1 },
    { sizeBytes: 8 * 2 ** 30 },
    { sizeBytes: 9 * 2 ** 30 },
    { sizeBytes: 2 ** 44 },
  ])('of $sizeBytes bytes is one block', ({ sizeBytes }) => {
    const header = encodeHeader('blobs/sha256/a', sizeBytes)
    expect(header).toHaveLength(512)
    expect(parseHeader(header)).toEqual({
      name: 'blobs/sha256/a',
      linkName: '',
      type: 'file',
      sizeBytes,
    })
  })

  it('with any bit flipped but those that end the checksum is refused or tells another name', () => {
    const header = encodeHeader('index.json', 1234)
    fc.assert(
      fc.property(fc.nat(511), fc.nat(7), (at, bit) => {
        fc.pre(at < 154 || at > 155)
        const damaged = Uint8Array.from(header)
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
        expect(() => parseHeader(damaged)).toThrow('damaged')
      }),
    )
  })
})

describe.each([
  { program: 'tar', list: ['tar', 'tvf'] },
  { program: 'busybox', list: ['busybox', 'tar', 'tvf'] },
])('$program', ({ program, list }) => {
  it.skipIf(program === 'busybox' && !has('busybox'))(
    'agrees about a member of 9 GiB',
    async () => {
      const path = join(await temporaryFolder(), 'large.tar')
      const sizeBytes = 9 * 2 ** 30 + 5
      const first = encodeHeader('blobs/sha256/large', sizeBytes)
      const second = encodeHeader('last', 3)
      const file = await open(path, 'w')
      const after = first.length + sizeBytes + paddingAfter(sizeBytes)
      await file.write(first, 0, first.length, 0)
      await file.write(second, 0, second.length, after)
      await file.truncate(after + 512 + 512 + END_BYTES)
      await file.close()
      const [command = '', ...rest] = list
      const { stdout } = await run(command, [...rest, path])
      expect(stdout).toMatch(new RegExp(`${sizeBytes}.*blobs/sha256/large\\n.* 3 .*last`))
    },
  )
})

it('long names are understood by tar', async () => {
  const path = join(await temporaryFolder(), 'long.tar')
  const name = `${'long/'.repeat(40)}ä`
  await writeFile(path, Buffer.concat([encodeHeader(name, 0), Buffer.alloc(END_BYTES)]))
  const { stdout } = await run('tar', ['--quoting-style=literal', '-tf', path])
  expect(stdout.trim()).toBe(name)
})
