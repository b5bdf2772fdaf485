import { isDigest, type Digest } from '../registry/reference.ts'
import type { ArchiveMembers } from './archive-members.ts'
import { configSchema, dockerManifestSchema } from './documents.ts'
import { describeConfig, type TarballImage, type TarballLayer } from './image.ts'
import type { TarMember } from './tar-members.ts'

/**
 * The images of an archive with Docker's `manifest.json` alone: `docker save` before version 25, and what the seed, crane
 * and skopeo (`docker-archive:`) write. Their manifests are not in it, so no digest is known. Throws AppError `damaged`.
 */
export async function readDocker(
  archive: ArchiveMembers,
  list: TarMember,
): Promise<TarballImage[]> {
  const entries = await archive.document(list, dockerManifestSchema)
  const images: TarballImage[] = []
  for (const entry of entries) {
    const member = archive.find(entry.Config)
    const described = describeConfig(member && (await archive.document(member, configSchema)))
    const paths = entry.Layers ?? []
    const layers = paths.map((path, position): TarballLayer => {
      const file = archive.find(path)
      const digest = described.diffIds[position]
      return {
        ...(digest && { digest }),
        sizeBytes: file?.sizeBytes ?? 0,
        ...(file && { member: file }),
      }
    })
    const configDigest = digestIn(entry.Config)
    images.push({
      ...described,
      references: entry.RepoTags ?? [],
      ...(configDigest && { configDigest }),
      layers,
      missing: [...new Set([entry.Config, ...paths])].filter((path) => !archive.find(path)),
    })
  }
  return images
}

/** A config is called by its digest: `<digest>.json`, `sha256:<digest>` or `blobs/sha256/<digest>`. */
export function digestIn(path: string): Digest | undefined {
  const [, digits] = /(?:^|\/|:)([0-9a-f]{64})(?:\.json)?$/.exec(path) ?? []
  const digest = `sha256:${digits ?? ''}`
  return isDigest(digest) ? digest : undefined
}
