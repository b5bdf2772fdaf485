import { setFlagsFromString } from 'node:v8'
import api from 'undici/lib/api/index.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

// As undici's own index does it: ProxyAgent calls `connect`.
Object.assign(Dispatcher.prototype, api)

// undici reads answers in WebAssembly, which V8 soon compiles again, optimized: that takes 0.15 s of CPU and 20 MB, and 4 GB
// over TLS do not bring it back. It counts for so long as it can, and then compiles no function but the first, an import.
setFlagsFromString('--wasm-tiering-budget=2000000000 --wasm-tier-up-filter=0')

/**
 * The parts of undici that are used here. Its own index also loads fetch, WebSocket, caches and mocks, which took a tenth of a
 * second of every start.
 */
export { Agent, Pool, ProxyAgent }
