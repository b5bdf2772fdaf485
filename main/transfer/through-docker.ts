import type { SocketEngine } from '../docker/socket-engine.ts'
import { saveFromDocker, type DockerSourceParts, type SaveFromDocker } from './save-from-docker.ts'

/** `saveFromDocker` with an engine that is looked for when the first image is saved, and again while none was found. */
export function saveThroughDocker(
  parts: Omit<DockerSourceParts, 'engine'> & { readonly engine: () => Promise<SocketEngine> },
): SaveFromDocker {
  let opened: Promise<SaveFromDocker> | undefined
  return async (image, saving, signal) => {
    opened ??= parts.engine().then((engine) => saveFromDocker({ ...parts, engine }))
    const save = await opened.catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return await save(image, saving, signal)
  }
}
