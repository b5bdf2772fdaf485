import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { project, readDocuments } from './documents.ts'

const documents = readDocuments()

describe.each(documents)('$path', ({ path, text, blocks, spans }) => {
  test('leads only to files that are there, and to headings that they have', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const near = links.filter((target) => !/^(?:https?|mailto):/.test(target))
    const lost = near.filter((target) => {
      const [file = '', heading] = target.split('#')
      const found = join(project, file === '' ? path : join(dirname(path), file))
      return !existsSync(found) || (heading !== undefined && !headingsOf(found).has(heading))
    })
    expect(lost).toEqual([])
  })

  test('names only files of the project that are there', () => {
    const named = spans.flatMap((span) =>
      [
        ...span.matchAll(
          /(?<![\w./-])(?:main|renderer|preload|scripts|test|docs|bench|\.ci)\/[\w./-]*/g,
        ),
      ].map(([name]) => name),
    )
    expect(named.filter((name) => !existsSync(join(project, name)))).toEqual([])
  })

  test('names only scripts that package.json has', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')))
    const code = [...spans, ...blocks.map((block) => block.code)].join('\n')
    const named = [...code.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })
})

/** As GitHub makes them of headings. */
function headingsOf(file: string): Set<string> {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)]
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

test('every document is reached from the README', () => {
  const readme = documents.find(({ path }) => path === 'README.md')?.text ?? ''
  const alone = documents.filter(
    ({ path }) => path !== 'README.md' && !readme.includes(`(${path})`),
  )
  expect(alone.map(({ path }) => path)).toEqual([])
})

describe('messages that the documentation quotes', () => {
  // Bold code, as in **`The drive is full: … does not fit.`**; what is left open there differs.
  const quoted = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\*\*`([^`]+)`\*\*/g)].map(([, message = '']) => [path, message] as const),
  )
  const sources = filesBelow('main').map((file) => readFileSync(file, 'utf8'))

  test.each(quoted)('%s: %s', (_path, message) => {
    const pieces = message
      .split('…')
      .map((piece) => piece.trim())
      .filter((piece) => piece !== '')
    expect(sources.some((source) => pieces.every((piece) => source.includes(piece)))).toBe(true)
  })
})

test('the words of the window in docs/desktop.md are the window’s', () => {
  const text = documents.find(({ path }) => path === 'docs/desktop.md')?.text ?? ''
  const quoted = [...text.matchAll(/“([^”]+)”/g)].map(([, words = '']) => words)
  const sources = filesBelow('renderer').map((file) => readFileSync(file, 'utf8'))
  expect(quoted.length).toBeGreaterThan(1)
  expect(quoted.filter((words) => !sources.some((source) => source.includes(words)))).toEqual([])
})

describe('the picture of folders', () => {
  const readme = readFileSync(join(project, 'README.md'), 'utf8')
  const picture = /^## The house\n.*?^```text\n(.*?)^```$/ms.exec(readme)?.[1] ?? ''
  const names = [...picture.matchAll(/^( *)(\S+)/gm)].map(([, indent = '', name = '']) =>
    indent === '' ? name : `main/${name}`,
  )

  test('shows only what is there', () => {
    expect(names.filter((name) => !existsSync(join(project, name)))).toEqual([])
  })

  test('shows all of main/', () => {
    const all = readdirSync(join(project, 'main')).map((name) =>
      statSync(join(project, 'main', name)).isDirectory() ? `main/${name}/` : `main/${name}`,
    )
    expect(all.filter((name) => !names.includes(name))).toEqual([])
  })
})

function filesBelow(folder: string): string[] {
  const names = readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(project, folder, name))
}
