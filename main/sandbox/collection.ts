import type { Published } from '../registry/manifest.ts'
import { isDigest, type Digest } from '../registry/reference.ts'
import {
  contentOf,
  type BuiltImage,
  type SandboxRepository,
  type SandboxTag,
} from './repository.ts'
import { cudaRepository } from './repository-cuda.ts'
import { frameworkRepositories } from './repository-frameworks.ts'
import { otherRepositories } from './repository-others.ts'
import { privateRepositories } from './repository-private.ts'
import { Shelf } from './shelf.ts'
import { Signer, signatureTag } from './signature.ts'

/** All that the sandbox offers, built when it is first asked for. */
export class Collection {
  readonly signer = new Signer()
  readonly repositories: readonly SandboxRepository[] = [
    cudaRepository(),
    ...frameworkRepositories(),
    ...otherRepositories(),
    ...privateRepositories(),
  ]
  readonly #shelf = new Shelf()
  readonly #built = new Map<SandboxTag, BuiltImage>()
  readonly #content = new Map<string, ReturnType<typeof contentOf>>()

  find(path: string): SandboxRepository | undefined {
    return this.repositories.find((repository) => repository.path === path)
  }

  build(tag: SandboxTag): BuiltImage {
    let built = this.#built.get(tag)
    if (!built) {
      built = tag.build(this.#shelf)
      this.#built.set(tag, built)
    }
    return built
  }

  /** As the registry lists them: not by date, and signatures among them. */
  tags(repository: SandboxRepository): string[] {
    const tags = repository.tags.map(({ tag }) => tag)
    return [...tags, ...this.#signed(repository).map(([name]) => name)].toSorted()
  }

  /** A manifest or an index, by tag or digest. */
  document(repository: SandboxRepository, reference: string): Published | undefined {
    if (isDigest(reference)) return this.#whole(repository).documents.get(reference)
    const tag = repository.tags.find((candidate) => candidate.tag === reference)
    if (tag) return this.build(tag).root
    const signed = this.#signed(repository).find(([name]) => name === reference)
    return signed && this.signer.sign(repository.path, signed[1]).root
  }

  hasBlob(repository: SandboxRepository, digest: Digest): boolean {
    return this.#whole(repository).blobs.has(digest)
  }

  blob(repository: SandboxRepository, digest: Digest): Uint8Array | undefined {
    return this.#whole(repository).blobs.get(digest)?.bytes
  }

  #signed(repository: SandboxRepository): [name: string, digest: Digest][] {
    return repository.tags
      .filter((tag) => tag.isSigned === true)
      .map((tag) => {
        const { digest } = this.build(tag).root.descriptor
        return [signatureTag(digest), digest]
      })
  }

  /** Everything by digest. Digests are known only of what was built, so the first to ask builds the whole repository. */
  #whole(repository: SandboxRepository): ReturnType<typeof contentOf> {
    const known = this.#content.get(repository.path)
    if (known) return known
    const built = [
      ...repository.tags.map((tag) => this.build(tag)),
      ...this.#signed(repository).map(([, digest]) => this.signer.sign(repository.path, digest)),
    ].map(contentOf)
    const content = {
      documents: new Map(built.flatMap(({ documents }) => Array.from(documents))),
      blobs: new Map(built.flatMap(({ blobs }) => Array.from(blobs))),
    }
    this.#content.set(repository.path, content)
    return content
  }
}
