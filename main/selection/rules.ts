import { AppError } from '../api/errors.ts'
import { isSignatureTag } from '../registry/tag.ts'
import { isBefore, monthOf, newestFirst, parseMonth, versionOf, type Month } from './version.ts'

/** The seed's filters and ours: what turns a catalogue into references. All are optional; together they narrow. */
export interface Rules {
  /** Namespaces: `nvidia`, `nvidia/clara`; a namespace includes what lies below it. */
  readonly projects: readonly string[]
  /** Case-sensitive substrings of `namespace/name`; with `strictNameMatch` the last segment itself. */
  readonly images: readonly string[]
  readonly strictNameMatch: boolean
  /** Lower bound for tags that begin with YY.MM; other tags always pass. */
  readonly minVersion?: Month
  /** Substring of the tag: `py3`. */
  readonly pyVersion?: string
  /** Patterns of `namespace/name:tag`: a substring, or a whole match with `*` and `?`. */
  readonly exclude: readonly string[]
  /** How many of the newest versions of each repository; a version's flavours (`-py2`, `-py3`) count as one. */
  readonly latest?: number
}

/** The month of `--min-version`. Throws AppError `usage` on anything but YY.MM. */
export function parseMinVersion(text: string): Month {
  const month = parseMonth(text.trim())
  if (month) return month
  throw new AppError('usage', `“${text}” is not a version to begin with.`, {
    hint: 'Write a year and a month, like 18.04.',
  })
}

/** Whether a repository can hold anything selected: decided by its path alone, before its tags are asked for. */
export function selectsRepository(rules: Rules, path: string): boolean {
  const inProject = rules.projects.some((project) =>
    path.startsWith(`${project.replace(/\/+$/, '')}/`),
  )
  return (
    inProject &&
    matchesName(rules, path) &&
    !rules.exclude.some((pattern) => excludes(pattern, path))
  )
}

/** The selected ones of a repository's tags, newest first. */
export function selectTags<Tag extends { readonly tag: string }>(
  rules: Rules,
  path: string,
  tags: readonly Tag[],
): Tag[] {
  const passing = tags
    .filter(({ tag }) => !isSignatureTag(tag))
    .filter(({ tag }) => rules.pyVersion === undefined || tag.includes(rules.pyVersion))
    .filter(({ tag }) => reachesMinVersion(rules.minVersion, tag))
    .filter(({ tag }) => !rules.exclude.some((pattern) => excludes(pattern, `${path}:${tag}`)))
    .toSorted((a, b) => newestFirst(a.tag, b.tag))
  if (rules.latest === undefined) return passing
  const versions = new Set(
    [...new Set(passing.map(({ tag }) => versionOf(tag)))].slice(0, rules.latest),
  )
  return passing.filter(({ tag }) => versions.has(versionOf(tag)))
}

/** CUDA images first, as the seed did, then the rest; otherwise the order stays. */
export function cudaFirst<Item extends { readonly path: string }>(items: readonly Item[]): Item[] {
  const isCuda = (item: Item): boolean => item.path.endsWith('cuda')
  return [...items.filter(isCuda), ...items.filter((item) => !isCuda(item))]
}

function matchesName(rules: Rules, path: string): boolean {
  if (rules.images.length === 0) return true
  const name = path.slice(path.lastIndexOf('/') + 1)
  return rules.images.some((image) =>
    rules.strictNameMatch ? name === image : path.includes(image),
  )
}

function reachesMinVersion(minimum: Month | undefined, tag: string): boolean {
  const month = monthOf(tag)
  return minimum === undefined || month === undefined || !isBefore(month, minimum)
}

function excludes(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return text.includes(pattern)
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`).test(text)
}
