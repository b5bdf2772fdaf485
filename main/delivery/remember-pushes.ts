import { messageOf } from '../api/errors.ts'
import type { History } from '../library/history/history.ts'
import type { PlannedPush } from './push-plan.ts'
import type { PushListener } from './push.ts'

/** A listener that also notes in each folder's history what a registry took, and what it did not. */
export function rememberPushes(listener: PushListener, history: History): PushListener {
  const note = ({ image, source }: PlannedPush, ok: boolean, detail: string): void => {
    const { tarball, manifest } = image
    if (tarball === undefined) return
    void history.record(tarball.folder, {
      what: 'pushed',
      ok,
      file: tarball.name,
      files: tarball.files,
      reference: source,
      digest: manifest.descriptor.digest,
      detail,
    })
  }
  return {
    ...listener,
    pushed(push, result) {
      note(push, true, push.name)
      listener.pushed?.(push, result)
    },
    failed(push, error) {
      note(push, false, `${push.name}: ${messageOf(error)}`)
      listener.failed?.(push, error)
    },
  }
}
