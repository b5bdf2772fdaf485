import type { z } from 'zod'
import { kept, type KeepName, type Kept } from '../desktop/kept.ts'
import type { Keep } from '../desktop/ports.ts'
import type { Log } from './log.ts'
import type { Notices } from './notices.ts'
import { openStore } from './store.ts'

/** Opens what the desktop keeps, each once and in a file of its own; a damaged one is set aside, and said. */
export function openKeeps(
  folder: string,
  notices: Notices,
  log: Log,
): <Name extends KeepName>(name: Name) => Keep<Kept[Name]> {
  const opened = new Map<KeepName, unknown>()
  return (name) => {
    const known = opened.get(name)
    if (known) return known as Keep<Kept[typeof name]>
    const { schema, initial } = kept[name]
    const keep = openStore({
      folder,
      name,
      // One name's schema and its first value belong together; TypeScript cannot follow a name through both.
      schema: schema as unknown as z.ZodType<Kept[typeof name]>,
      initial: initial as unknown as Kept[typeof name],
      damaged(path) {
        log(`The file of the ${name} was damaged and is set aside as ${path}.`)
        notices.raise(`The file of the ${name} was not readable and begins anew.`, path)
      },
      failed: (error) => log(`The ${name} cannot be kept.`, error),
    })
    opened.set(name, keep)
    return keep
  }
}
