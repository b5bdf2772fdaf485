import { z } from 'zod'

/*
 * What NGC's services answer, only the fields used. Nobody publishes a schema: every field but the identifying one may
 * be absent, null or of another type, and then counts as absent; an entry without its identifying field is left out.
 */

/** A text of bounded length; what is longer is cut, since nothing of ours needs more. */
function text(most: number) {
  return z.string().transform((value) => value.slice(0, most))
}

function optional<Output>(schema: z.ZodType<Output>) {
  return schema.optional().catch(undefined)
}

/** The good entries of a list; none when it is absent. */
function list<Output>(entry: z.ZodType<Output>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((found) => {
        const parsed = entry.safeParse(found)
        return parsed.success ? [parsed.data] : []
      }),
    )
}

const short = text(1024)
const long = text(1_000_000)
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const flag = z.boolean()

const resource = z.object({
  resourceId: short,
  displayName: optional(short),
  description: optional(long),
  dateModified: optional(short),
  labels: list(z.object({ key: short, values: list(short) })),
  attributes: list(z.object({ key: short, value: short })),
})

/** `/v2/search/…/resources/CONTAINER` */
export const searchSchema = z.object({
  resultPageTotal: optional(count),
  results: list(z.object({ groupValue: optional(short), resources: list(resource) })),
})
export type Resource = z.infer<typeof resource>

/** `/v2/orgs` */
export const orgsSchema = z.object({ organizations: list(z.object({ name: short })) })

const pagination = optional(z.object({ totalPages: optional(count) }))

/** `/v2/repos/…` and `/v2/org/…/repos/…`: one repository, flat. */
export const repositorySchema = z.object({
  displayName: optional(short),
  shortDescription: optional(long),
  description: optional(long),
  publisher: optional(short),
  isPublic: optional(flag),
  isMultiArchitecture: optional(flag),
  hasSignedTag: optional(flag),
  latestTag: optional(short),
  latestImageSize: optional(count),
  updatedDate: optional(short),
  logo: optional(short),
})
export type RepositoryAnswer = z.infer<typeof repositorySchema>

/** `/v2/org/{org}/repos` */
export const repositoriesSchema = z.object({
  repositories: list(
    z.object({
      namespace: short,
      name: short,
      ...repositorySchema.shape,
    }),
  ),
  paginationInfo: pagination,
})

/** `…/images` */
export const imagesSchema = z.object({
  images: list(
    z.object({
      tag: short,
      updatedDate: optional(short),
      size: optional(count),
      isSigned: optional(flag),
      architectureVariants: optional(
        z.array(
          z.object({ os: optional(short), architecture: short, compressedSize: optional(count) }),
        ),
      ),
    }),
  ),
  paginationInfo: pagination,
})
export type ImageAnswer = z.infer<typeof imagesSchema>['images'][number]

/** `/v3/keys/get-caller-info` */
export const callerSchema = z.object({
  orgName: optional(short),
  user: optional(
    z.object({
      name: optional(short),
      roles: list(z.object({ org: z.object({ name: short }) })),
    }),
  ),
})

/** authn's `/token` */
export const tokenSchema = z.object({
  token: z.string().min(1).max(64_000),
  expires_in: optional(z.number().positive()),
})

/** Errors of the catalogue. */
export const refusalSchema = z.object({
  requestStatus: optional(z.object({ statusDescription: optional(short) })),
})

/** `/rest/api/v1/repository` of the DGX service */
export const dgxRepositoriesSchema = z.object({
  repositories: list(
    z.object({
      namespace: short,
      name: short,
      description: optional(long),
      isPublic: optional(flag),
    }),
  ),
})

/** `/rest/api/v1/repository/{namespace}/{name}` */
export const dgxRepositorySchema = z.object({
  tags: list(
    z.object({
      name: short,
      dockerImageId: optional(short),
      lastModified: optional(short),
      size: optional(count),
    }),
  ),
})
