import { setFlagsFromString } from 'node:v8'
import api from 'undici/lib/api/index.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

// As undici's own index does it: ProxyAgent calls `connect`.
Object.assign(Dispatcher.prototype, api)

// undici reads answers in WebAssembly, which V8 soon compiles again, optimized: 0.15 s of CPU that 500 MB do not bring back.
setFlagsFromString('--wasm-tiering-budget=2000000000')

/**
 * The parts of undici that are used here. Its own index also loads fetch, WebSocket, caches and mocks, which took a tenth of a
 * second of every start.
 */
export { Agent, Pool, ProxyAgent }
