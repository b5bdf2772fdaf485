import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvOf } from '../../main/desktop/csv.ts'
import { exportLibrary } from '../../main/desktop/library/export.ts'
import { printable, printableJson } from '../../main/printable.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { runCli } from '../support/cli.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { blobsIn, tarOf } from '../support/source.ts'
import { evilText, evilTexts, runs, STEERING } from './evil.ts'

const image = makeImage({
  platform: { os: 'linux', architecture: 'amd64\u001B[31m' },
  layers: [makeLayer({ seed: 'terminal' })],
  env: evilTexts,
  labels: Object.fromEntries(evilTexts.map((text) => [text, text])),
})

describe('no sign that steers reaches the terminal', () => {
  it('from names of files and members, references, labels or a list of checksums', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, image, { reference: 'evil\u001B[2J/\u202Etag:\u009B1m' })
    const tags = ['\u001B]0;owned\u0007:1']
    const list = [{ Config: 'nowhere\u001B[1m', RepoTags: tags, Layers: ['\u009Bgone'] }]
    await writeFile(
      join(folder, 'docker\u001B[5m.tar'),
      tarOf({ 'manifest.json': list, ...blobsIn(image) }),
    )
    await writeFile(join(folder, '\u202Etorn.tar'), tarOf({ '\u001B[1m': 1 }).subarray(0, 700))
    await writeFile(
      join(folder, 'SHA256SUMS'),
      `${'a'.repeat(64)}  \u001B[3mgone.tar\nrubbish\u0007\n`,
    )
    const commands = [
      ['inventory', folder],
      ['inventory', folder, '--json'],
      ['verify', folder],
      ['verify', folder, '--json'],
      ['verify', join(folder, 'docker\u001B[5m.tar'), join(folder, '\u001B[7mnowhere.tar')],
      ['inventory', join(folder, '\u001B[7mnowhere')],
      ['\u001B[7mno-command'],
      ['--\u001B[7mno-option'],
    ]
    const finished = await Promise.all(commands.map((command) => runCli(command)))
    for (const [position, { stdout, stderr }] of finished.entries()) {
      expect(`${stdout}${stderr}`.length).toBeGreaterThan(0)
      expect(stdout).not.toMatch(STEERING)
      expect(stderr).not.toMatch(STEERING)
      if (commands[position]?.includes('--json')) JSON.parse(stdout)
    }
  })

  it('from any text, and JSON loses nothing', () => {
    fc.assert(
      fc.property(evilText, (text) => {
        expect(printable(text)).not.toMatch(STEERING)
        const json = printableJson({ [text]: [text] }, 2)
        expect(json).not.toMatch(STEERING)
        expect(Object.entries(JSON.parse(json) as object)).toEqual([[text, [text]]])
      }),
      runs(500),
    )
  })
})

const viewOf = (text: string) => ({
  folder: text,
  rows: [
    {
      id: '1',
      file: text,
      reference: text,
      platform: text,
      sizeBytes: 1,
      status: text,
      detail: text,
    },
  ],
  totalBytes: 1,
  sharedBytes: 0,
  problems: [{ file: text, detail: text }],
})

describe('exported files', () => {
  it('hold no tag and no sign that steers, whatever the names', () => {
    fc.assert(
      fc.property(evilText, (text) => {
        const page = exportLibrary(viewOf(text), 'html')
        expect(page).not.toMatch(STEERING)
        expect(page).not.toMatch(
          /<(?!\/?(?:!doctype|html|head|meta|title|style|body|h1|p|table|thead|tbody|tr|th|td|code)\b)/i,
        )
        expect(exportLibrary(viewOf(text), 'json')).not.toMatch(STEERING)
      }),
      runs(300),
    )
  })

  it('hold no formula in any cell, whatever separates cells', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          evilText,
          fc.constantFrom('', ';', '\t', ',', ' ', '\r', '\n', ';"'),
          fc.constantFrom('=1', '+1', '-1', '@A', '\uFF1D1'),
        ),
        ([before, separator, formula]) => {
          const csv = csvOf([[`${before}${separator}${formula}`, 1]])
          const cells = csv.split(/[,;\t\r\n|]/)
          for (const cell of cells)
            expect(cell).not.toMatch(/^["\s]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]/)
        },
      ),
      runs(300),
    )
  })
})
