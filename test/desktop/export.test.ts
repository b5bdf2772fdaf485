import { expect, test } from 'vitest'
import { exportLibrary } from '../../main/desktop/library/export.ts'
import { loadCommands } from '../../main/desktop/library/load-commands.ts'

const hostile = '<script>alert("1")</script>\'&'
const view = {
  folder: `/media/${hostile}`,
  rows: [
    {
      id: '1',
      file: '=HYPERLINK("http://evil")',
      reference: hostile,
      platform: '+linux',
      sizeBytes: 1000,
      status: 'complete',
      detail: hostile,
    },
  ],
  totalBytes: 1000,
  sharedBytes: 0,
  problems: [],
}

test('the page escapes every text, runs nothing and fetches nothing', () => {
  const page = exportLibrary(view, 'html')
  expect(page).not.toContain('<script')
  expect(page).not.toMatch(/\b(?:src|href)=/)
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  expect(page).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#39;&#38;')
})

test('a spreadsheet takes no text of the CSV for a formula', () => {
  const [, row] = exportLibrary(view, 'csv').split('\r\n')
  expect(row).toContain(`'+linux`)
  expect(row).toContain(`"'=HYPERLINK(""http://evil"")"`)
})

test('the JSON holds the rows, and no grant', () => {
  const json: unknown = JSON.parse(exportLibrary(view, 'json'))
  expect(json).toMatchObject({ folder: view.folder, rows: [{ reference: hostile }] })
  expect(JSON.stringify(json)).not.toContain('grant')
})

test('a path in a command means nothing to the shell', () => {
  const [docker] = loadCommands("/media/a b'; rm -rf $HOME", ['x.tar'], 'linux')
  expect(docker?.command).toBe(String.raw`docker load -i '/media/a b'\''; rm -rf $HOME/x.tar'`)
  const parts = loadCommands('/media/s', ['x.tar.000', 'x.tar.001'], 'linux')
  expect(parts[0]?.command).toBe('cat /media/s/x.tar.000 /media/s/x.tar.001 | docker load')
})
