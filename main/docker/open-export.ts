import { Readable } from 'node:stream'
import { z } from 'zod'
import { readText } from '../net/body.ts'
import { exchange } from '../net/exchange.ts'
import { createDispatcher } from './dispatcher.ts'
import { refusal } from './events.ts'
import { engineFailure } from './failure.ts'
import type { SocketEngine } from './socket-engine.ts'

/** Both are to be ended: the stream, and what it came through. */
export interface OpenExport {
  readonly body: Readable
  close?(): Promise<void>
}

/** Asks an engine for an image as `docker save` gives it. Throws AppError `engine`, or `cancelled`. */
export async function openExport(
  { address, client, facts }: SocketEngine,
  id: string,
  signal: AbortSignal,
): Promise<OpenExport> {
  if (address.kind === 'ssh') {
    const stream = await client.getImage(id).get()
    return { body: stream instanceof Readable ? stream : new Readable().wrap(stream) }
  }
  const { dispatcher, origin } = await createDispatcher(address)
  const close = (): Promise<void> => dispatcher.destroy()
  try {
    const explained = (error: unknown): Error => engineFailure(error, facts.name)
    const request = { origin, path: `/images/${id}/get`, method: 'GET' } as const
    const answer = await exchange(dispatcher, request, explained, signal)
    if (answer.status !== 200) throw refusal(messageIn(await readText(answer)), facts.name)
    return { body: answer.body, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** docs.docker.com/reference/api/engine, “Errors”. */
function messageIn(text: string): string {
  try {
    return z.object({ message: z.string() }).parse(JSON.parse(text)).message
  } catch {
    return text
  }
}
