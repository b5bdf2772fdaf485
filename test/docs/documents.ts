import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** README.md and docs/*.md, as the tests look at them. */
export interface Document {
  /** Within the project: `docs/importing.md`. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** What stands between single backticks, outside of blocks. */
  readonly spans: readonly string[]
}

/** A fenced block. */
export interface Block {
  readonly language: string
  readonly code: string
  /** Counted from 1, of its first line of code. */
  readonly line: number
  /** The comment above it, `<!-- runs: docker, empty stick -->`, in its parts; empty where there is none. */
  readonly runs: readonly string[]
  /** Why it cannot be run here: `<!-- not run: it opens a window -->`. */
  readonly notRun?: string
  /** The name under which the commands of its document find it: `<!-- file: images.yml -->`. */
  readonly file?: string
}

export const project = join(import.meta.dirname, '..', '..')

export function readDocuments(): Document[] {
  const names = readdirSync(join(project, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', ...names.toSorted().map((name) => `docs/${name}`)].map((path) => {
    const text = readFileSync(join(project, path), 'utf8')
    return { path, text, blocks: blocksOf(text), spans: spansOf(text) }
  })
}

const BLOCK = /(?:^<!-- ([^\n]*?) -->\n+)?^```(\w*)\n(.*?)^```$/gms

function blocksOf(text: string): Block[] {
  return [...text.matchAll(BLOCK)].map((found) => {
    const [whole, comment = '', language = '', code = ''] = found
    const before = text.slice(0, found.index + whole.indexOf('```'))
    const [, kind, rest = ''] = /^(runs|not run|file): (.*)$/.exec(comment) ?? []
    return {
      language,
      code,
      line: before.split('\n').length + 1,
      runs: kind === 'runs' ? rest.split(', ') : [],
      ...(kind === 'not run' && { notRun: rest }),
      ...(kind === 'file' && { file: rest }),
    }
  })
}

function spansOf(text: string): string[] {
  const prose = text.replaceAll(BLOCK, '')
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll('\n', ' '))
}
