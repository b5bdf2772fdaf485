import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { openChecksums } from '../../main/state/checksums.ts'
import { practiceImage, temporaryFolder, writeImage } from '../support/made-tarball.ts'

async function library(): Promise<string> {
  const folder = await temporaryFolder()
  const checksums = openChecksums(folder)
  const whole = await writeImage(folder, practiceImage('whole'), { name: 'whole.tar' })
  await checksums.replace('whole.tar', whole.files)
  const parts = await writeImage(folder, practiceImage('parts'), {
    name: 'parts.tar',
    maxFileSizeBytes: 8000,
  })
  await checksums.replace('parts.tar', parts.files)
  return folder
}

describe('verifying a library', () => {
  it('reads every byte of every tarball, and says so', async () => {
    const folder = await library()
    const told: number[] = []
    const { files } = await verifyFiles(
      { folder },
      { progress: (done, total) => told.push(done / total) },
    )
    expect(files).toMatchObject([
      { file: 'parts.tar', ok: true, problems: [] },
      { file: 'whole.tar', ok: true, problems: [] },
    ])
    expect(told.at(-1)).toBe(1)
  })

  it('takes files one by one; any part stands for its tarball', async () => {
    const folder = await library()
    const paths = ['whole.tar', 'parts.tar.000', 'parts.tar.001', 'parts.tar'].map((file) =>
      join(folder, file),
    )
    const { files } = await verifyFiles({ paths })
    expect(files.map(({ file, ok }) => [file, ok])).toEqual([
      [join(folder, 'whole.tar'), true],
      [join(folder, 'parts.tar'), true],
    ])
    const { files: missing } = await verifyFiles({ paths: [join(folder, 'none.tar')] })
    expect(missing).toMatchObject([{ ok: false, problems: [{ kind: 'missing-file' }] }])
  })

  it('notices a good tarball in the place of another', async () => {
    const folder = await library()
    await writeImage(folder, practiceImage('impostor'), { name: 'whole.tar' })
    expect(await verifyFiles({ folder })).toMatchObject({
      files: [{ ok: true }, { file: 'whole.tar', ok: false, problems: [{ kind: 'checksum' }] }],
    })
  })

  it('notices parts that are missing, swapped, or never finished', async () => {
    const folder = await library()
    const [first, second] = ['parts.tar.001', 'parts.tar.002'].map((file) => join(folder, file))
    if (first === undefined || second === undefined) throw new Error('no parts')
    const bytes = await readFile(first)
    await writeFile(first, await readFile(second))
    await writeFile(second, bytes)
    expect(await verifyFiles({ folder })).toMatchObject({
      files: [{ file: 'parts.tar', ok: false }, { ok: true }],
    })
    await rm(second)
    const { files } = await verifyFiles({ folder })
    expect(files[0]?.problems).toContainEqual({
      kind: 'missing-part',
      detail: 'parts.tar.002 is missing.',
      from: { file: 'parts.tar.002', offset: 0 },
      to: { file: 'parts.tar.002', offset: 0 },
    })
    await rename(first, `${first}.partial`)
    expect((await verifyFiles({ folder })).files[0]).toMatchObject({
      file: 'parts.tar.partial',
      problems: [{ kind: 'partial' }],
    })
  })

  it('holds other files of SHA256SUMS against it, and misses those that are gone', async () => {
    const folder = await library()
    const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8')
    const more = [
      `${'0'.repeat(64)}  load.sh`,
      `${'0'.repeat(64)}  gone.tar`,
      `${'0'.repeat(64)}  ../outside`,
    ]
    await writeFile(join(folder, 'SHA256SUMS'), `${sums}${more.join('\n')}\n`)
    await writeFile(join(folder, 'load.sh'), 'exit')
    const { files } = await verifyFiles({ folder })
    const wrong = files.filter(({ ok }) => !ok)
    expect(wrong).toMatchObject([
      { file: 'load.sh', problems: [{ kind: 'checksum' }] },
      { file: 'gone.tar', problems: [{ kind: 'missing-file' }] },
    ])
  })

  it('says of foreign files what they are', async () => {
    const folder = await library()
    await writeFile(join(folder, 'text.tar'), 'hello')
    const { files } = await verifyFiles({ folder })
    expect(files.find(({ file }) => file === 'text.tar')).toMatchObject({
      ok: false,
      problems: [{ kind: 'foreign' }],
    })
  })
})
