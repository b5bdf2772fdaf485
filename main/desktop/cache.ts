/** A cache of promises: failures are not kept, and what is older than `keepMs` is asked for again. */
export function createCache<Value>(
  keepMs: number,
  now: () => number = Date.now,
): {
  get: (key: string, ask: () => Promise<Value>) => Promise<Value>
  clear: () => void
} {
  const entries = new Map<string, { atMs: number; value: Promise<Value> }>()
  return {
    get(key, ask) {
      const known = entries.get(key)
      if (known && now() - known.atMs < keepMs) return known.value
      const value = ask()
      const entry = { atMs: now(), value }
      entries.set(key, entry)
      value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key)
      })
      return value
    },
    clear: () => entries.clear(),
  }
}
