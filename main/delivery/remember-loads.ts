import { messageOf } from '../api/errors.ts'
import type { EngineFacts } from '../docker/engine.ts'
import type { History } from '../library/history/history.ts'
import type { LoadListener } from './load.ts'
import type { LoadItemBase } from './load-plan.ts'

/** A listener that also notes in each folder's history what an engine took, and what it could not take. */
export function rememberLoads(
  listener: LoadListener,
  { name }: EngineFacts,
  history: History,
): LoadListener {
  const note = ({ files }: LoadItemBase, ok: boolean, detail: string): void => {
    void history.record(files.folder, {
      what: 'loaded',
      ok,
      file: files.name,
      files: files.files,
      detail,
    })
  }
  return {
    ...listener,
    loaded(item) {
      note(item, true, name)
      listener.loaded?.(item)
    },
    failed(item, error) {
      if (item.state !== 'refused') note(item, false, `${name}: ${messageOf(error)}`)
      listener.failed?.(item, error)
    },
  }
}
