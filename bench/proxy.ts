import { createServer, connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * A line with a limit, in a process of its own: `node proxy.ts HOST:PORT BYTES_PER_SECOND connection|line DELAY_MS`.
 * Passes connections on to a registry; what comes back is delayed, and limited for each connection or for all together.
 * Prints its port.
 */
const [target, rate, scope, delay] = process.argv.slice(2)
const [host, port] = target!.split(':')
const bytesPerSecond = Number(rate)
const delayMs = Number(delay)

/** Bytes become due one after another at the rate; a burst of 20 ms is let through, as lines do. */
function createMeter(): (bytes: number) => Promise<void> {
  let due = 0
  return async (bytes) => {
    const now = performance.now()
    due = Math.max(due, now - 20) + (bytes / bytesPerSecond) * 1000
    if (due > now) await wait(due - now)
  }
}

const line = createMeter()

const server = createServer((client) => {
  const upstream = connect(Number(port), host)
  const meter = scope === 'line' ? line : createMeter()
  client.setNoDelay(true)
  client.on('error', () => upstream.destroy())
  upstream.on('error', () => client.destroy())
  client.once('close', () => upstream.destroy())
  // A request arrives after the delay; so does everything that follows from it.
  client.on('data', (chunk) => setTimeout(() => upstream.write(chunk), delayMs))
  void pass(upstream, client, meter)
})

async function pass(
  from: Socket,
  to: Socket,
  meter: (bytes: number) => Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of from) {
      const bytes = chunk as Buffer
      await meter(bytes.length)
      if (!to.write(bytes))
        await new Promise((resolve) => to.once('drain', resolve).once('close', resolve))
    }
    to.end()
  } catch {
    to.destroy()
  }
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(address.port)
})
