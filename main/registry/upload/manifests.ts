import { createHash } from 'node:crypto'
import { AppError } from '../../api/errors.ts'
import { StatusError } from '../../net/failure.ts'
import type { Repository } from '../client.ts'
import { MediaType, type Published } from '../manifest.ts'
import { isDigest, type Digest } from '../reference.ts'
import type { Answer, UploadRequests } from './requests.ts'

/** Whether a blob is there (specification, “Checking if content exists in the registry”). */
export async function headBlob(
  requests: UploadRequests,
  repository: Repository,
  digest: Digest,
  signal?: AbortSignal,
): Promise<boolean> {
  const answer = await requests.send(repository, `blobs/${digest}`, { method: 'HEAD' }, signal)
  // Registries before an object store send on to it whoever asks for what they have.
  if (answer.status === 200 || answer.status === 307 || answer.status === 302) return true
  // Who does not answer that is sent the layer.
  if (answer.status === 404 || isUnanswered(answer)) return false
  throw requests.refused(repository, answer, 'a question for a layer')
}

/** What a tag or digest names; asked for itself where a registry tells no digest (`Docker-Content-Digest` is a “SHOULD”). */
export async function headManifest(
  requests: UploadRequests,
  repository: Repository,
  name: string,
  signal?: AbortSignal,
): Promise<Digest | undefined> {
  const headers = { accept: Object.values(MediaType).join(', ') }
  const ask = (method: 'HEAD' | 'GET'): Promise<Answer> =>
    requests.send(repository, `manifests/${name}`, { method, headers }, signal)
  const said = await ask('HEAD')
  const saidDigest = said.headers['docker-content-digest'] ?? ''
  if (said.status === 200 && isDigest(saidDigest)) return saidDigest
  const lacksDigest = said.status === 200 && !isDigest(name)
  const answer = lacksDigest || isUnanswered(said) ? await ask('GET') : said
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw requests.refused(repository, answer, `a question for ${name}`)
  if (isDigest(name)) return name
  return `sha256:${createHash('sha256').update(answer.text).digest('hex')}`
}

function isUnanswered({ status }: Answer): boolean {
  return status === 405 || status === 501
}

/** Specification, “Pushing Manifests”: the bytes as they are, so that their digest is the one that was published. */
export async function putManifest(
  requests: UploadRequests,
  repository: Repository,
  name: string,
  { descriptor, bytes }: Published,
  signal?: AbortSignal,
): Promise<void> {
  const answer = await requests.send(
    repository,
    `manifests/${name}`,
    { method: 'PUT', headers: { 'content-type': descriptor.mediaType }, body: () => bytes },
    signal,
  )
  const place = `${repository.registry}/${repository.repository}`
  if (answer.status < 200 || answer.status > 299) {
    // What was there a moment ago may have been collected meanwhile, or never was: then the blobs are to be sent anew.
    if (/(?:BLOB|MANIFEST)_(?:BLOB_)?UNKNOWN/.test(answer.text)) {
      throw new StatusError(answer.status, `${place} lacks what ${name} consists of.`, {
        code: 'protocol',
        hint: 'The registry said that it had it. Push again.',
      })
    }
    throw requests.refused(repository, answer, `the manifest ${name}`)
  }
  const said = answer.headers['docker-content-digest']
  if (said === undefined || said === descriptor.digest) return
  throw new AppError(
    'digest-mismatch',
    `${place} stored ${name} as ${isDigest(said) ? said : 'something else'} instead of ${descriptor.digest}.`,
    {
      hint: 'The registry, or a proxy before it, changes manifests. What it serves cannot be relied on.',
    },
  )
}
