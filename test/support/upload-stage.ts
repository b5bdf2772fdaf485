import { onTestFinished } from 'vitest'
import { createHttp } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { Secret } from '../../main/ngc/secret.ts'
import { publicSite } from '../../main/ngc/site.ts'
import type { Repository } from '../../main/registry/client.ts'
import type { Descriptor } from '../../main/registry/manifest.ts'
import type { BlobSource } from '../../main/registry/upload/send-blob.ts'
import {
  createUploads,
  type Uploads,
  type UploadsOptions,
} from '../../main/registry/upload/uploads.ts'
import { digestOf, noise } from '../../main/sandbox/image.ts'
import { startMemoryRegistry, type MemoryRegistry, type UploadRules } from './memory-registry.ts'
import { impatient } from './still-clock.ts'

export const bytes = Buffer.from(noise('upload', 1_000_000))
export const blob = describeBlob(bytes)

export function describeBlob(content: Uint8Array): Descriptor {
  return {
    mediaType: 'application/octet-stream',
    digest: digestOf(content),
    size: content.length,
  }
}

/** Gives a blob in chunks of 10 kB, and remembers from where. */
export function sourceOf(content: Uint8Array, starts: number[] = []): BlobSource {
  return async function* (startByte) {
    starts.push(startByte)
    for (let at = startByte; at < content.length; at += 10_000) {
      yield content.subarray(at, at + 10_000)
    }
  }
}

export interface UploadStage {
  readonly registry: MemoryRegistry
  readonly uploads: Uploads
  readonly at: Repository
  readonly starts: number[]
}

/** A registry with these rules, and what uploads to it. */
export async function against(
  rules: UploadRules,
  options: Partial<UploadsOptions> = {},
): Promise<UploadStage> {
  const registry = await startMemoryRegistry(rules)
  const at = { registry: registry.host, repository: 'team/app' }
  return { registry, uploads: uploading(options), at, starts: [] }
}

/** As another run would have it. */
export function uploading(options: Partial<UploadsOptions> = {}): Uploads {
  const http = createHttp({ proxy: noProxies })
  onTestFinished(() => http.close())
  return createUploads({ http, site: publicSite, retry: impatient(), ...options })
}

export const as = (username: string, password: string): Partial<UploadsOptions> => ({
  credentials: () => ({ kind: 'password', username, password: new Secret(password) }),
})

export const methods = ({ requests }: MemoryRegistry): string[] =>
  requests.map(({ method }) => method)
export const sentTo = ({ requests }: MemoryRegistry): number =>
  requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
