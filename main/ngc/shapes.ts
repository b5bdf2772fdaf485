import type { CatalogueRepository, CatalogueTag } from './catalogue.ts'
import type { ImageAnswer, RepositoryAnswer, Resource } from './schemas.ts'

/** One found by the search, which tells its facts as labels and as attributes whose values are all texts. */
export function fromSearch(path: string, resource: Resource): CatalogueRepository {
  const attributes = new Map(resource.attributes.map(({ key, value }) => [key, value]))
  const publisher = resource.labels.find(({ key }) => key === 'publisher')?.values[0]
  const signed = attributes.get('hasSignedTag')
  return compact({
    path,
    displayName: resource.displayName,
    shortDescription: resource.description,
    publisher,
    logo: attributes.get('logo'),
    latestTag: attributes.get('latestTag'),
    latestSizeBytes: count(attributes.get('size')),
    updated: attributes.get('latestTagPushedDate') ?? resource.dateModified,
    isSigned: signed === undefined ? undefined : signed === 'true',
  })
}

export function fromRepository(path: string, answer: RepositoryAnswer): CatalogueRepository {
  return compact({
    path,
    displayName: answer.displayName,
    shortDescription: answer.shortDescription,
    description: answer.description,
    publisher: answer.publisher,
    logo: answer.logo,
    latestTag: answer.latestTag,
    latestSizeBytes: answer.latestImageSize,
    updated: answer.updatedDate,
    isPublic: answer.isPublic,
    isSigned: answer.hasSignedTag,
    isMultiArchitecture: answer.isMultiArchitecture,
  })
}

export function fromImage(image: ImageAnswer): CatalogueTag {
  return compact({
    tag: image.tag,
    changeKey: image.updatedDate ?? '',
    updated: image.updatedDate,
    sizeBytes: image.size,
    isSigned: image.isSigned,
    platforms: image.architectureVariants
      ?.filter(({ architecture }) => architecture !== 'unknown')
      .map(({ os = 'linux', architecture, compressedSize }) =>
        compact({ os, architecture, sizeBytes: compressedSize }),
      ),
  })
}

/** True for an image's own tag, and not for what cosign keeps beside it. */
export function isImageTag(tag: string): boolean {
  return TAG.test(tag) && !COSIGN.test(tag)
}

/** The object without the keys whose value is undefined. */
export function compact<Fields extends object>(fields: Fields): Compact<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Compact<Fields>
}

type Compact<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name]
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<
    Fields[Name],
    undefined
  >
}

/** OCI distribution specification 1.1, "Pulling manifests". */
const TAG = /^\w[\w.-]{0,127}$/
const COSIGN = /^sha256-[0-9a-f]{64}(?:\.(?:sig|att|sbom|vex))?$/

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
