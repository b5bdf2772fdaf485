import { json } from './answer.ts'
import type { Collection } from './collection.ts'
import { keyInApiKey, keyName } from './keys.ts'
import type { Service } from './listener.ts'
import { compressedSize } from './repository.ts'

/** compute.nvidia.com: the older catalogue, for keys of 40 characters. */
export function dgxService(collection: Collection): Service {
  return ({ method, url, authorization }) => {
    if (keyName(keyInApiKey(authorization) ?? '') !== 'dgx')
      return json(401, { message: 'invalid key' })
    if (method !== 'GET') return json(405, {})
    const [, path] = /^\/rest\/api\/v1\/repository(?:\/(.+))?$/.exec(url.pathname) ?? []
    if (path === undefined && url.pathname.endsWith('/repository')) {
      const includesPublic = url.searchParams.get('includePublic') === 'true'
      const repositories = collection.repositories
        .filter(({ isPublic }) => includesPublic || !isPublic)
        .map((repository) => ({
          namespace: repository.path.split('/').slice(0, -1).join('/'),
          name: repository.path.split('/').at(-1),
          description: repository.description,
          isPublic: repository.isPublic,
        }))
      return json(200, { repositories })
    }
    const repository = collection.find(path ?? '')
    if (!repository) return json(404, { message: 'not found' })
    const tags = repository.tags.map((tag) => {
      const [image] = collection.build(tag).images
      return {
        name: tag.tag,
        dockerImageId: image?.config.descriptor.digest.slice('sha256:'.length),
        lastModified: tag.updated,
        size: image && compressedSize(image),
      }
    })
    return json(200, { tags })
  }
}
