import { chooseEngine, nothingFound } from './find-engines.ts'
import { isSocketEngine, type SocketEngine } from './socket-engine.ts'

/** The Docker that images are pulled through. Throws AppError `engine`, with what to do, where there is none. */
export async function chooseDocker(signal?: AbortSignal): Promise<SocketEngine> {
  const engine = await chooseEngine('docker', {}, signal)
  if (isSocketEngine(engine)) return engine
  throw nothingFound('docker')
}
