/**
 * The parts of undici that are used here. Its own index also loads fetch, WebSocket, caches and mocks, which took a tenth of a
 * second of every start.
 */
export { default as Agent } from 'undici/lib/dispatcher/agent.js'
export { default as Pool } from 'undici/lib/dispatcher/pool.js'
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js'
