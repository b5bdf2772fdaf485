import type * as LogUpdate from 'log-update'

/** Lines that are redrawn in place. Loaded for a terminal only: what it must know of letters takes 30 ms of a start. */
export async function drawOn(
  stream: NodeJS.WriteStream,
): Promise<ReturnType<typeof LogUpdate.createLogUpdate>> {
  const { createLogUpdate } = await import('log-update')
  return createLogUpdate(stream)
}
