import { execFileSync } from 'node:child_process'
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kept, type KeepName } from '../../main/desktop/kept.ts'
import { writeFileDurably } from '../../main/disk/durable.ts'
import { parseMounts } from '../../main/disk/file-system.ts'
import { occupyFolder } from '../../main/disk/lock.ts'
import { readSmallFile } from '../../main/disk/small-file.ts'
import { setAsideIfDamaged } from '../../main/electron/set-aside.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { parseSite } from '../../main/ngc/site-file.ts'
import { readDockerLogins } from '../../main/registry/docker-credentials.ts'
import { readExternalImages } from '../../main/selection/external-images.ts'
import { openChecksums, readChecksums } from '../../main/state/checksums.ts'
import { openState, parseState } from '../../main/state/state-file.ts'
import { practiceImage, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { answersOrExplains, deepJson, evilDocument, evilText, runs } from './evil.ts'

describe('whatever stands in state.yml', () => {
  const good = { 'nvidia/pytorch': { '24.01': '2024-01-01' }, 'nvidia/cuda': { '12.4': 'x' } }

  it('is read, or refused by its name', async () => {
    await fc.assert(
      fc.asyncProperty(evilDocument(good), async (text) => {
        const error = await answersOrExplains(() => parseState(text, '/stick/state.yml'))
        if (error) expect(error.message).toContain('/stick/state.yml')
      }),
      runs(150),
    )
  })

  it('nested without end is refused in words', async () => {
    const block = Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')
    for (const text of [...deepJson, block, '- '.repeat(50_000), '&a [*a, *a]']) {
      const error = await answersOrExplains(() => parseState(text, 'state.yml'))
      expect(error?.message).toContain('state.yml')
    }
  })

  it('names of prototypes are names like others, there and back', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'state.yml'), '__proto__: {a: b}\nconstructor: {toString: c}\n')
    const state = await openState(folder)
    await state.record('__proto__', 'valueOf', 'd')
    const again = await openState(folder)
    expect(again.get('__proto__', 'a')).toBe('b')
    expect(again.get('__proto__', 'valueOf')).toBe('d')
    expect(again.get('constructor', 'toString')).toBe('c')
    expect(again.get('constructor', 'valueOf')).toBeUndefined()
  })
})

describe('whatever stands in SHA256SUMS', () => {
  it('leads to an answer, and names nothing outside the folder', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage())
    const sum = 'a'.repeat(64)
    const line = fc.oneof(
      evilText.map((name) => `${sum}  ${name}`),
      evilText,
      fc.constantFrom(
        `${sum} *practice.tar`,
        `\\${sum}  a\\nb`,
        `${sum.toUpperCase()}  practice.tar`,
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        await writeFile(join(folder, 'SHA256SUMS'), lines.join('\n'))
        await readChecksums(folder)
        const { files } = await verifyFiles({ folder })
        for (const { problems } of files) {
          for (const { from } of problems) expect(from?.file ?? '').not.toMatch(/[/\\]/)
        }
      }),
      runs(60),
    )
  })

  it('lines that hold no checksum are told', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage())
    await writeFile(join(folder, 'SHA256SUMS'), `${'g'.repeat(64)}  practice.tar\n`)
    const { files } = await verifyFiles({ folder })
    expect(files).toMatchObject([
      { file: 'practice.tar', ok: true },
      {
        file: 'SHA256SUMS',
        ok: false,
        problems: [{ kind: 'checksum', from: { file: 'SHA256SUMS' } }],
      },
    ])
  })

  it('a wrong sum of a tarball that holds together puts the list under suspicion', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage())
    await writeFile(join(folder, 'SHA256SUMS'), `${'a'.repeat(64)}  practice.tar\n`)
    const { files } = await verifyFiles({ folder })
    expect(files[0]?.problems).toMatchObject([
      { kind: 'checksum', detail: expect.stringContaining('that list may be damaged') as string },
    ])
  })
})

describe('files that are not what they should be', () => {
  it('a link in the place of a file that is being written is not followed', async () => {
    const folder = await temporaryFolder()
    const outside = join(folder, 'outside')
    const stick = join(folder, 'stick')
    await mkdir(stick)
    await writeFile(outside, 'mine')
    for (const name of ['state.yml', 'SHA256SUMS']) {
      await symlink(outside, join(stick, name))
      await symlink(outside, join(stick, `.${name}.${process.pid}.tmp`))
      await writeFileDurably(join(stick, name), 'new')
      expect((await lstat(join(stick, name))).isFile()).toBe(true)
    }
    expect(await readFile(outside, 'utf8')).toBe('mine')
  })

  it('a link or a pipe in the place of a record keeps nobody waiting', async () => {
    const folder = await temporaryFolder()
    const pipes = ['state.yml', 'SHA256SUMS', '.ngc-replicator.lock', 'practice.tar']
    for (const name of pipes) execFileSync('mkfifo', [join(folder, name)])
    await expect(openState(folder)).rejects.toThrow(/state\.yml is not a file/)
    expect(await readChecksums(folder)).toEqual(new Map())
    await expect(occupyFolder(folder)).rejects.toThrow(/Another run/)
    await expect(verifyFiles({ folder })).resolves.toEqual({ files: [] })
    await symlink('/dev/zero', join(folder, 'endless'))
    await expect(readSmallFile(join(folder, 'endless'), 1000)).rejects.toThrow(/endless is a link/)
  })

  it('a file beyond its bound is not read', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'state.yml'), 'a'.repeat(5_000_000))
    await expect(openState(folder)).rejects.toThrow(/state\.yml is larger/)
  })

  it('a checksum is set for a name of a prototype as for any other', async () => {
    const folder = await temporaryFolder()
    const checksums = openChecksums(folder)
    await checksums.replace('__proto__', [{ name: '__proto__', sha256: 'b'.repeat(64) }])
    expect(await readChecksums(folder)).toEqual(new Map([['__proto__', 'b'.repeat(64)]]))
    expect(await readdir(folder)).toEqual(['SHA256SUMS'])
  })
})

describe('whatever stands in files of this machine', () => {
  it('a site file is used, or refused by its name', async () => {
    const good = {
      catalog: 'https://a.example',
      registry: 'https://b.example',
      registryName: 'b',
      insecure: true,
    }
    await fc.assert(
      fc.asyncProperty(evilDocument(good), async (text) => {
        const error = await answersOrExplains(() => parseSite(text, '/home/site.json'))
        if (error) expect(error.message).toContain('/home/site.json')
      }),
      runs(200),
    )
  })

  it('the logins of docker are read, or there are none', async () => {
    const folder = await temporaryFolder()
    await fc.assert(
      fc.asyncProperty(
        evilDocument({
          auths: { 'https://index.docker.io/v1/': { auth: 'YTpi' }, b: { auth: 'Yzpk' } },
        }),
        async (text) => {
          await writeFile(join(folder, 'config.json'), text)
          await readDockerLogins({ DOCKER_CONFIG: folder })
        },
      ),
      runs(150),
    )
  })

  it('a list of external images is read, or refused by its name', async () => {
    const file = join(await temporaryFolder(), 'external.yml')
    await fc.assert(
      fc.asyncProperty(evilDocument({ images: [{ name: 'busybox', tag: '1' }] }), async (text) => {
        await writeFile(file, text)
        await answersOrExplains(() => readExternalImages(file))
      }),
      runs(100),
    )
  })

  it('what the desktop keeps is read, or set aside under another name', async () => {
    const folder = await temporaryFolder()
    for (const name of Object.keys(kept) as KeepName[]) {
      const { schema, initial } = kept[name]
      const path = join(folder, `${name}.json`)
      await fc.assert(
        fc.asyncProperty(evilDocument(initial), async (text) => {
          await writeFile(path, text)
          await answersOrExplains(() => setAsideIfDamaged(path, schema))
        }),
        runs(25),
      )
    }
  })

  it('a table of mounts gives mounts, whatever their names', () => {
    fc.assert(
      fc.property(fc.array(evilText), (names) => {
        parseMounts(names.map((name) => `1 2 8:1 / ${name} rw - vfat ${name} rw`).join('\n'))
      }),
      runs(200),
    )
  })
})
