import { json, type Answer } from './answer.ts'
import type { Collection } from './collection.ts'
import type { SandboxRepository } from './repository.ts'

/** `/v2/{name}/tags/list`, a page at a time: OCI distribution specification 1.1, "Listing Tags". */
export function tagsAnswer(
  collection: Collection,
  repository: SandboxRepository,
  url: URL,
): Answer {
  const { path } = repository
  const last = url.searchParams.get('last')
  const all = collection.tags(repository)
  // What was published without a single tag answers null.
  if (all.length === 0) return json(200, { name: path, tags: null })
  const rest = last === null ? all : all.filter((tag) => tag > last)
  const asked = Number(url.searchParams.get('n') ?? MOST)
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MOST) : MOST
  const tags = rest.slice(0, size)
  const end = tags.at(-1)
  const query = new URLSearchParams({ last: end ?? '', n: `${size}` })
  const link = `</v2/${path}/tags/list?${query}>; rel="next"`
  return json(200, { name: path, tags }, rest.length > size ? { link } : {})
}

const MOST = 20
