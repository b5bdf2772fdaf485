import type { ServerResponse } from 'node:http'
import { makeImage, makeLayer, type MadeImage } from '../../main/sandbox/image.ts'
import { serve, type TestServer } from '../support/server.ts'

export const most = { repositories: 5000, tags: 10_000, images: 20, layers: 60 } as const

/** A catalogue as large as any gets, and beside it a registry of images with many layers; answers guests at once. */
export async function startLargeSite(): Promise<TestServer> {
  const images = Array.from({ length: most.images }, (_, at) => manyLayers(`image-${at}`))
  const byTag = new Map(images.map((image, at) => [`image-${at}`, image.manifest]))
  const blobs = new Map(
    images.flatMap(({ config, layers }) =>
      [config, ...layers].map(({ descriptor, bytes }) => [descriptor.digest as string, bytes]),
    ),
  )
  return await serve(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
    const [, kind, name = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? []
    if (kind === 'manifests') {
      const manifest = byTag.get(name) ?? [...byTag.values()].find((one) => isNamed(one, name))
      if (!manifest) return void response.writeHead(404).end()
      const { mediaType, digest } = manifest.descriptor
      response.setHeader('docker-content-digest', digest)
      return give(response, mediaType, manifest.bytes)
    }
    if (kind === 'blobs') {
      const bytes = blobs.get(name)
      if (bytes) return give(response, 'application/octet-stream', bytes)
      return void response.writeHead(404).end()
    }
    if (pathname.startsWith('/v2/search/')) return json(response, searchPage(searchParams))
    if (pathname.endsWith('/images')) return json(response, tagPage(searchParams))
    if (pathname.startsWith('/v2/repos/')) return json(response, { displayName: 'Repository' })
    return json(response, {})
  })
}

function manyLayers(seed: string): MadeImage {
  const layers = Array.from({ length: most.layers }, (_, at) =>
    makeLayer({ seed: `${seed} ${at}`, sizeBytes: 20_000 }),
  )
  return makeImage({ platform: { os: 'linux', architecture: 'amd64' }, layers })
}

function isNamed({ descriptor }: MadeImage['manifest'], digest: string): boolean {
  return descriptor.digest === digest
}

const pageSize = 100

function searchPage(query: URLSearchParams): object {
  const { page } = JSON.parse(query.get('q') ?? '{}') as { page: number }
  const resources = numbersOf(page, most.repositories).map((at) => ({
    resourceId: `nvidia/repository-${at}`,
    displayName: `Repository ${at}`,
    description: `The short description of number ${at}, which says what it is good for`,
    dateModified: '2024-05-12T09:00:00.000Z',
    labels: [{ key: 'publisher', values: [`Publisher ${at % 50}`] }],
    attributes: [
      { key: 'latestTag', value: `24.05-${at}` },
      { key: 'size', value: `${1_000_000 + at}` },
    ],
  }))
  return {
    resultPageTotal: most.repositories / pageSize,
    results: [{ groupValue: 'CONTAINER', resources }],
  }
}

function tagPage(query: URLSearchParams): object {
  const images = numbersOf(Number(query.get('page-number')), most.tags).map((at) => ({
    tag: `1.${at}.0-py3`,
    updatedDate: '2024-05-12T09:00:00.000Z',
    size: 1_000_000 + at,
    isSigned: at % 2 === 0,
    architectureVariants: [{ os: 'linux', architecture: 'amd64', compressedSize: 1_000_000 + at }],
  }))
  return { images, paginationInfo: { totalPages: most.tags / pageSize } }
}

function numbersOf(page: number, all: number): number[] {
  const start = page * pageSize
  return Array.from({ length: Math.min(pageSize, all - start) }, (_, at) => start + at)
}

function json(response: ServerResponse, answer: object): void {
  give(response, 'application/json', Buffer.from(JSON.stringify(answer)))
}

function give(response: ServerResponse, type: string, bytes: Uint8Array): void {
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
}
