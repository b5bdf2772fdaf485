import { join } from 'node:path'
import ElectronStore from 'electron-store'
import type { z } from 'zod'
import { setAsideIfDamaged } from './set-aside.ts'

/** One value on disk, read and parsed once. */
export type Store<Value> = {
  get: () => Value
  set: (value: Value) => void
}

/**
 * A store in `folder`/`name`.json. A damaged file is set aside and `damaged` is told its new path; a
 * store that cannot be read or written at all keeps its value in memory and tells `failed`. Never throws.
 */
export function openStore<Value extends Record<string, unknown>>(options: {
  folder: string
  name: string
  schema: z.ZodType<Value>
  initial: Value
  damaged: (asidePath: string) => void
  failed: (error: unknown) => void
}): Store<Value> {
  const { folder, name, schema, initial, damaged, failed } = options
  let value = initial
  try {
    const aside = setAsideIfDamaged(join(folder, `${name}.json`), schema)
    if (aside !== undefined) damaged(aside)
    const file = new ElectronStore<Value>({ cwd: folder, name })
    value = schema.safeParse(file.store).data ?? initial
    return {
      get: () => value,
      set: (next) => {
        value = next
        try {
          file.store = next
        } catch (error) {
          failed(error)
        }
      },
    }
  } catch (error) {
    failed(error)
    return { get: () => value, set: (next) => void (value = next) }
  }
}
