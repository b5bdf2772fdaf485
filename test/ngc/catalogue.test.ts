import { describe, expect, test } from 'vitest'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { practise } from './practice.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()
const practice = practise(sandbox.site)

const privatePaths = ['acme/inspection', 'acme/vision/defect-detector']
const pathsOf = (repositories: readonly { path: string }[]) => repositories.map(({ path }) => path)
const asked = () => sandbox.requests.all().map(({ method, path }) => `${method} ${path}`)

describe('a guest', () => {
  test('sees the public repositories of an org, its teams included, each once', async () => {
    const repositories = await practice
      .catalogue()
      .repositories(['nvidia', 'nvidia/clara', 'nvidia'])
    const paths = pathsOf(repositories)
    expect(paths).toContain('nvidia/pytorch')
    expect(paths).toContain('nvidia/clara/monai-toolkit')
    expect(new Set(paths).size).toBe(paths.length)
    expect(repositories.find(({ path }) => path === 'nvidia/pytorch')).toMatchObject({
      displayName: 'PyTorch',
      publisher: 'NVIDIA',
      latestTag: '24.05-py3',
      latestSizeBytes: expect.any(Number) as number,
      isSigned: true,
    })
  })

  test('sees a team’s repositories alone when only these are wanted', async () => {
    const repositories = await practice.catalogue().repositories(['nvidia/clara'])
    expect(pathsOf(repositories)).toEqual(['nvidia/clara/monai-toolkit'])
  })

  test('sees nothing of a private org', async () => {
    expect(await practice.catalogue().repositories(['acme'])).toEqual([])
    await expect(practice.catalogue().tags('acme/inspection')).rejects.toMatchObject({
      code: 'denied',
      message: 'acme/inspection may not be seen without a key.',
    })
  })

  test('costs one request for each page of the list, and none for each repository', async () => {
    await practice.catalogue().repositories(['nvidia'])
    const search = 'GET /v2/search/catalog/resources/CONTAINER'
    expect(asked()).toEqual([search, search, search])
    expect(sandbox.requests.all().some(({ hadAuthorization }) => hadAuthorization)).toBe(false)
  })

  test('reads every page of the tags', async () => {
    const tags = await practice.catalogue().tags('nvidia/pytorch')
    expect(asked()).toHaveLength(2)
    expect(tags.length).toBeGreaterThan(30)
    expect(new Set(tags.map(({ tag }) => tag)).size).toBe(tags.length)
    expect(tags.map(({ tag }) => tag)).toContain('18.9-py3')
    expect(tags.find(({ tag }) => tag === '24.05-py3')).toMatchObject({
      changeKey: '2024-05-27T16:05:35.124Z',
      isSigned: true,
      platforms: [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
      ],
    })
  })

  test('is not shown attestations as platforms', async () => {
    const [tag] = await practice.catalogue().tags('nvidia/cuda')
    expect(tag?.platforms?.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64'])
  })

  test('gets an empty list for a repository without images, and no description where there is none', async () => {
    expect(await practice.catalogue().tags('nvidia/digits')).toEqual([])
    const repository = await practice.catalogue().repository('nvidia/hpc-benchmarks')
    expect(repository).not.toHaveProperty('description')
    expect((await practice.catalogue().repository('nvidia/cuda')).description).toMatch(/^# CUDA/)
  })

  test('gets a tag without a date with an empty change key', async () => {
    const tags = await practice.catalogue().tags('nvidia/caffe')
    expect(tags.find(({ tag }) => tag === '17.03')).toMatchObject({ changeKey: '' })
  })

  test('is told of a region in which a repository is not offered', async () => {
    for (const ask of ['repository', 'tags'] as const) {
      await expect(practice.catalogue()[ask]('nvidia/restricted-toolkit')).rejects.toMatchObject({
        code: 'region',
        message: expect.stringContaining('does not offer it in your region') as string,
      })
    }
  })

  test('is told of a repository that does not exist, or cannot', async () => {
    await expect(practice.catalogue().tags('nvidia/nothing')).rejects.toMatchObject({
      code: 'not-found',
    })
    for (const path of ['nvidia', 'nvidia/../x', 'a/b/c/d', 'nvidia/PyTorch', 'nvidia/x?y']) {
      await expect(practice.catalogue().tags(path)).rejects.toMatchObject({ code: 'usage' })
    }
    await expect(practice.catalogue().repositories(['a/b/c'])).rejects.toMatchObject({
      code: 'usage',
    })
  })
})

describe.each(['personal', 'narrow', 'legacy'] as const)('with a %s key', (name) => {
  const catalogue = () => practice.catalogue(sandboxKeys[name])

  test('private repositories and those of teams are listed with the public ones, each once', async () => {
    const paths = pathsOf(await catalogue().repositories(['acme', 'nvidia']))
    expect(paths).toEqual(expect.arrayContaining([...privatePaths, 'nvidia/pytorch']))
    expect(new Set(paths).size).toBe(paths.length)
    expect(pathsOf(await catalogue().repositories(['acme/vision']))).toEqual([privatePaths[1]])
  })

  test('what search and list each know of a repository is put together', async () => {
    const repositories = await catalogue().repositories(['nvidia'])
    expect(repositories.find(({ path }) => path === 'nvidia/pytorch')).toMatchObject({
      isPublic: true,
      publisher: 'NVIDIA',
    })
  })

  test('private images have their tags', async () => {
    for (const path of privatePaths) {
      expect((await catalogue().repository(path)).isPublic).toBe(false)
      expect((await catalogue().tags(path)).length).toBeGreaterThan(0)
    }
  })

  test('public images are seen even where the key is denied', async () => {
    const tags = await catalogue().tags('nvidia/pytorch')
    expect(tags.length).toBeGreaterThan(30)
  })

  test('a region stays a region', async () => {
    await expect(catalogue().tags('nvidia/restricted-toolkit')).rejects.toMatchObject({
      code: 'region',
    })
  })
})

test('an org in which the key has no part is asked with it once only, then as guest', async () => {
  const catalogue = practice.catalogue(sandboxKeys.narrow)
  for (const path of ['nvidia/pytorch', 'nvidia/cuda', 'nvidia/tensorrt'])
    await catalogue.tags(path)
  const withKey = sandbox.requests.all().filter(({ hadAuthorization }) => hadAuthorization)
  expect(withKey).toHaveLength(1)
})

test('a key that is refused is said to be, and not taken for a guest', async () => {
  for (const key of [`nvapi-${'x'.repeat(64)}`, 'x'.repeat(84), 'x'.repeat(40)]) {
    const refused = practice.catalogue(key).repositories(['nvidia'])
    await expect(refused).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'NVIDIA does not accept this key.',
    })
  }
})

const withDgxKey = () => practice.catalogue(sandboxKeys.dgx)

describe('with a DGX key', () => {
  test('one request lists everything, and only the DGX service is asked', async () => {
    const repositories = await withDgxKey().repositories(['nvidia', 'acme/vision'])
    expect(pathsOf(repositories)).toEqual(
      expect.arrayContaining(['nvidia/pytorch', 'nvidia/clara/monai-toolkit', privatePaths[1]]),
    )
    expect(pathsOf(repositories)).not.toContain('acme/inspection')
    expect(sandbox.requests.all().map(({ role }) => role)).toEqual(['dgx'])
  })

  test('the change key of a tag is its image’s id', async () => {
    const tags = await withDgxKey().tags('nvidia/tensorrt')
    expect(tags.find(({ tag }) => tag === '24.05-py3')?.changeKey).toMatch(/^[0-9a-f]{64}$/)
    expect(await withDgxKey().tags('nvidia/digits')).toEqual([])
  })

  test('a repository has its description, and a missing one is said to be missing', async () => {
    expect((await withDgxKey().repository('nvidia/cuda')).description).toMatch(/^# CUDA/)
    await expect(withDgxKey().repository('nvidia/nothing')).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(withDgxKey().tags('nvidia/nothing')).rejects.toMatchObject({ code: 'not-found' })
  })
})
