import type { Registry, Repository } from './client.ts'
import type { Digest } from './reference.ts'

/** What manifests and configs may take; a config is some 20 kB. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * The same registry, which asks for no manifest and no config twice that was named by its digest: what a digest names
 * never changes. Tags are asked for each time. Kept for each repository apart, since who may read one need not read all.
 */
export function keepingDocuments(registry: Registry, mostBytes = MOST_BYTES): Registry {
  const documents = createShelf<Uint8Array>(mostBytes / 2, (bytes) => bytes.length)
  const manifests = createShelf<Awaited<ReturnType<Registry['manifest']>>>(
    mostBytes / 2,
    ({ bytes }) => bytes.length,
  )
  return {
    ...registry,
    manifest: async (reference, signal) =>
      reference.digest === undefined
        ? await registry.manifest(reference, signal)
        : await manifests(keyOf(reference, reference.digest), () =>
            registry.manifest(reference, signal),
          ),
    document: async (repository, descriptor, signal) =>
      await documents(keyOf(repository, descriptor.digest), () =>
        registry.document(repository, descriptor, signal),
      ),
  }
}

function keyOf({ registry, repository }: Repository, digest: Digest): string {
  return `${registry}/${repository}@${digest}`
}

/** The least recently used go first when it is full. */
function createShelf<Value>(
  mostBytes: number,
  sizeOf: (value: Value) => number,
): (key: string, fetch: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<string, Value>()
  let keptBytes = 0
  const put = (key: string, value: Value): void => {
    kept.set(key, value)
    keptBytes += sizeOf(value)
    for (const [oldest, old] of kept) {
      if (keptBytes <= mostBytes) return
      kept.delete(oldest)
      keptBytes -= sizeOf(old)
    }
  }
  const take = (key: string): Value | undefined => {
    const value = kept.get(key)
    if (value === undefined) return undefined
    kept.delete(key)
    keptBytes -= sizeOf(value)
    return value
  }
  return async (key, fetch) => {
    const value = take(key) ?? (await fetch())
    // Two may have asked at the same time.
    take(key)
    put(key, value)
    return value
  }
}
