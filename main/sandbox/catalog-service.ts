import type { Answer } from './answer.ts'
import type { CatalogueGrant } from './auth-service.ts'
import { imagesAnswer, listAnswer, ok, refuse, repositoryAnswer } from './catalog-answers.ts'
import { callerInfo } from './caller-info.ts'
import type { Collection } from './collection.ts'
import { keyName, sandboxOrg } from './keys.ts'
import type { Question, Service } from './listener.ts'
import { logoAnswer } from './logos.ts'
import type { SandboxRepository } from './repository.ts'
import { searchAnswer } from './search-answer.ts'
import { bearerToken, type Tokens } from './tokens.ts'

/** Who asks: a guest, or a key of the org with the scopes that it may see. */
interface Caller {
  readonly sees: (org: string, team: string | undefined) => boolean
}

/** api.ngc.nvidia.com: search, lists, repositories and their images. */
export function catalogService(collection: Collection, tokens: Tokens<CatalogueGrant>): Service {
  return (question) => {
    const { method, url } = question
    const path = url.pathname
    if (path === '/v3/keys/get-caller-info') {
      return method === 'POST' ? callerInfo(question.body) : refuse(405)
    }
    if (method !== 'GET' && method !== 'HEAD') return refuse(405)
    if (path === '/v2/catalog/containers/public-key') {
      const body = Buffer.from(collection.signer.publicKey)
      return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body }
    }
    if (path === '/v2/search/catalog/resources/CONTAINER') {
      return searchAnswer(collection, url, (repository) => repository.isPublic)
    }
    if (path.startsWith('/logos/')) return logoAnswer(path)
    if (path.startsWith('/v2/repos/')) return asGuest(collection, url)
    const caller = callerOf(question, tokens)
    return caller ? withKey(collection, url, caller) : refuse(401)
  }
}

function asGuest(collection: Collection, url: URL): Answer {
  const [path, wantsImages] = withoutImages(url.pathname.slice('/v2/repos/'.length))
  const repository = collection.find(path)
  if (!repository) return refuse(404)
  if (!repository.isPublic) return refuse(403)
  return one(collection, repository, wantsImages, url)
}

function withKey(collection: Collection, url: URL, caller: Caller): Answer {
  const path = url.pathname
  if (path === '/v2/orgs') return ok({ organizations: [{ name: sandboxOrg }] })
  const searched = /^\/v2\/search\/org\/([^/]+)(?:\/team\/([^/]+))?\/resources\/CONTAINER$/.exec(
    path,
  )
  if (searched?.[1] !== undefined) {
    const [, org, team] = searched
    if (!caller.sees(org, team)) return refuse(403)
    return searchAnswer(collection, url, () => true)
  }
  const [, org, team, rest = ''] =
    /^\/v2\/org\/([^/]+)(?:\/team\/([^/]+))?\/repos(?:\/(.+))?$/.exec(path) ?? []
  if (org === undefined) return refuse(404)
  if (!caller.sees(org, team)) return refuse(403)
  if (rest === '') return listAnswer(collection, org, url)
  const [name, wantsImages] = withoutImages(rest)
  const repository = collection.find(
    team === undefined ? `${org}/${name}` : `${org}/${team}/${name}`,
  )
  return repository ? one(collection, repository, wantsImages, url) : refuse(404)
}

function withoutImages(path: string): [path: string, wantsImages: boolean] {
  return [path.replace(/\/images$/, ''), path.endsWith('/images')]
}

function one(
  collection: Collection,
  repository: SandboxRepository,
  wantsImages: boolean,
  url: URL,
): Answer {
  // Its body is empty.
  if (repository.gate === 'region') return { status: 451 }
  return wantsImages
    ? imagesAnswer(collection, repository, url)
    : repositoryAnswer(collection, repository)
}

/** A personal key is its own token and sees what guests see, too; the tokens of legacy keys see their scopes only. */
function callerOf(question: Question, tokens: Tokens<CatalogueGrant>): Caller | undefined {
  const name = keyName(bearerToken(question.authorization) ?? '')
  if (name === 'personal') return { sees: () => true }
  if (name === 'narrow') return { sees: (org) => org === sandboxOrg }
  const grant = tokens.read(question.authorization)
  if (!grant) return undefined
  return {
    sees: (org, team) =>
      grant.scopes.includes(`group/ngc:${org}${team === undefined ? '' : `/${team}`}`),
  }
}
