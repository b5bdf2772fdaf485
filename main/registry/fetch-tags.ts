import { z } from 'zod'
import { AppError } from '../api/errors.ts'
import { readBody } from '../net/body.ts'
import type { Repository } from './client.ts'
import type { Get } from './requests.ts'

const MOST_PAGES = 1000
const MOST_PAGE_BYTES = 16 * 1024 * 1024

/** `tags` is null where a repository has none. */
const pageSchema = z.object({ tags: z.array(z.string()).nullish() })

/** Follows the pages to their end, but no page twice: a `Link` in a circle has been built before. */
export async function fetchTags(
  get: Get,
  repository: Repository,
  signal?: AbortSignal,
): Promise<string[]> {
  const name = `${repository.registry}/${repository.repository}`
  const tags = new Set<string>()
  const seen = new Set<string>()
  let path: string | undefined = 'tags/list'
  while (path !== undefined && !seen.has(path) && seen.size < MOST_PAGES) {
    seen.add(path)
    const page: Page = await get(
      repository,
      path,
      { accept: 'application/json' },
      async (response) => ({
        body: await readBody(response, MOST_PAGE_BYTES, `The list of tags of ${name}`),
        link: response.headers['link'],
      }),
      signal,
    )
    for (const tag of tagsIn(page.body, name)) tags.add(tag)
    path = nextPage(page.link, path)
  }
  return [...tags]
}

interface Page {
  readonly body: Uint8Array
  readonly link: string | undefined
}

function tagsIn(body: Uint8Array, name: string): readonly string[] {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return pageSchema.parse(json).tags ?? []
  } catch (error) {
    throw new AppError('protocol', `The list of tags of ${name} is not well formed.`, {
      cause: error,
    })
  }
}

/**
 * The path and query of the next page from a `Link` header (distribution specification, “Listing Tags”), relative or
 * absolute. The host in it does not count: registries behind proxies are known to name a wrong one, and ours is kept.
 */
export function nextPage(link: string | undefined, path: string): string | undefined {
  for (const found of (link ?? '').matchAll(/<([^>]*)>((?:\s*;[^,<]*)*)/g)) {
    const [, target = '', parameters = ''] = found
    if (!/;\s*rel\s*=\s*"?next"?\s*(?:;|$)/i.test(parameters.trim())) continue
    const list = new URL(path, BASE)
    if (!URL.canParse(target, list.href)) return undefined
    const { pathname, search } = new URL(target, list)
    const isBelow = pathname.startsWith(BASE.pathname)
    return (isBelow ? pathname.slice(BASE.pathname.length) : pathname) + search
  }
  return undefined
}

/** Stands for the repository's own address, against which relative targets are resolved. */
const BASE = new URL('http://registry.invalid/repository/')
