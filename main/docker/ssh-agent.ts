import { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import { openSsh, type SshAddress } from './ssh.ts'

/** Reaches an engine over ssh, one login for each connection. */
export class SshAgent extends Agent {
  readonly #address: SshAddress

  constructor(address: SshAddress) {
    super()
    this.#address = address
  }

  override createConnection(): Duplex {
    return openSsh(this.#address)
  }
}
