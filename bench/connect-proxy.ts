import { connect, type Socket } from 'node:net'
import { createServer } from 'node:http'

/**
 * An HTTP proxy, in a process of its own: `node connect-proxy.ts`. Opens tunnels (RFC 9110, 9.3.6), all of them to this
 * machine whatever host they name. Prints its port.
 */
const server = createServer((_request, response) => response.writeHead(405).end())
server.on('connect', ({ url }, client: Socket, first: Buffer) => {
  const port = Number(/:(\d+)$/.exec(url ?? '')?.[1])
  const upstream = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 OK\r\n\r\n')
    upstream.write(first)
    upstream.pipe(client)
    client.pipe(upstream)
  })
  upstream.on('error', () => client.destroy())
  client.on('error', () => upstream.destroy())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(address.port)
})
