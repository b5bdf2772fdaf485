import type { ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { Secret } from '../../main/ngc/secret.ts'
import type { Credentials } from '../../main/registry/credentials.ts'
import type { RegistryOptions } from '../../main/registry/client.ts'
import { registryAt } from './registry-client.ts'
import { practiceImage } from './made-tarball.ts'
import { serve, type SeenRequest, type TestServer } from './server.ts'

export const KEY = `nvapi-${'k'.repeat(64)}`
export const key: Credentials = { kind: 'key', key: new Secret(KEY) }
export const BASIC = `Basic ${Buffer.from(`$oauthtoken:${KEY}`).toString('base64')}`
export const pytorch = { registry: 'nvcr.io', repository: 'nvidia/pytorch', tag: '1' }
const { bytes, descriptor } = practiceImage().manifest

/** How one made-up registry decides. */
export interface Rules {
  /** The token for who asks, or the status of a refusal. */
  token?: (request: SeenRequest) => string | number | Record<string, unknown>
  /** Undefined lets the bearer of this `Authorization` in; a challenge or a status refuses. */
  refuse: (authorization: string | undefined, server: TestServer) => string | number | undefined
}

/** A registry of one manifest that decides by rules, and a client for it. */
export async function startAsking(rules: Rules, options: Partial<RegistryOptions> = {}) {
  const server: TestServer = await serve((request, response) => {
    if (request.url.startsWith('/token')) {
      const token = rules.token?.(request) ?? 'guest'
      if (typeof token === 'number') answer(response, token, {})
      else answer(response, 200, typeof token === 'string' ? { token } : token)
      return
    }
    const refusal = rules.refuse(request.headers.authorization, server)
    if (refusal === undefined) response.setHeader('content-type', descriptor.mediaType).end(bytes)
    else if (typeof refusal === 'number') answer(response, refusal, denial)
    else answer(response, 401, denial, { 'www-authenticate': refusal })
  })
  const lines: string[] = []
  const { registry, http } = registryAt(server.url, { log: (line) => lines.push(line), ...options })
  onTestFinished(async () => {
    await http.close()
    await server.close()
  })
  return { server, registry, lines }
}

const denial = { errors: [{ code: 'DENIED', message: 'requested access is denied' }] }

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

export const bearer = (server: TestServer): string => `Bearer realm="${server.url.origin}/token"`
export const tokensOf = (server: TestServer): SeenRequest[] =>
  server.requests.filter(({ url }) => url.startsWith('/token'))
