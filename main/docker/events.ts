import { z } from 'zod'
import { AppError } from '../api/errors.ts'

/** One line of what an engine tells while it pulls or loads. Bytes of a layer, where it counts them. */
const eventSchema = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  stream: z.string().optional(),
  progressDetail: z
    .object({ current: z.number().optional(), total: z.number().optional() })
    .nullish(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).nullish(),
})

export type EngineEvent = z.infer<typeof eventSchema>

/**
 * Reads the lines of JSON that an engine answers with 200 before it knows how it will end. An error among them is thrown:
 * dockerode's own `followProgress` would call it a success. Throws AppError `engine`, or `no-space` where its disk is full.
 */
export async function* engineEvents(
  answer: AsyncIterable<unknown>,
  engine: string,
): AsyncGenerator<EngineEvent, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of answer) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('not a stream of bytes')
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) rest = ''
    for (const line of lines) yield* eventIn(line, engine)
  }
  yield* eventIn(rest, engine)
}

const LONGEST_LINE = 1024 * 1024

function* eventIn(line: string, engine: string): Generator<EngineEvent> {
  if (line.trim() === '') return
  let event
  try {
    event = eventSchema.parse(JSON.parse(line))
  } catch {
    return // Podman also says things that are not JSON
  }
  const error = event.errorDetail?.message ?? event.error
  if (error !== undefined) throw refusal(error, engine)
  yield event
}

/** Why an engine did not do it, in its own words. */
export function refusal(said: string, engine: string): AppError {
  const reason = said
    .trim()
    .replace(/[.:\s]+$/, '')
    .slice(0, 1000)
  if (/no space left on device|disk quota exceeded/i.test(reason)) {
    return new AppError('no-space', `The disk of ${engine} is full: ${reason}.`, {
      hint: 'Remove images that are not needed, or give it more room.',
    })
  }
  return new AppError('engine', `${engine} refused it: ${reason}.`)
}
