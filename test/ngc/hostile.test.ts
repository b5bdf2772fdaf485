import type { ServerResponse } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { serve } from '../support/server.ts'
import { practise } from './practice.ts'

/** A catalogue that answers every question with what the test says. */
let answer: (response: ServerResponse, path: string) => void
const server = await serve(({ url }, response) => answer(response, url))
afterAll(() => server.close())
const { origin } = server.url
const practice = practise({ catalog: origin, auth: origin, registry: origin, dgx: origin })

const say = (document: unknown) => {
  answer = (response) => response.end(JSON.stringify(document))
}

test.each(['', 'null', '[]', '"text"', '<html>sign in</html>', '{"images":', '\u0000'])(
  'what is not an object of JSON is a protocol error: %j',
  async (body) => {
    answer = (response) => response.end(body)
    await expect(practice.catalogue().tags('nvidia/x')).rejects.toMatchObject({ code: 'protocol' })
  },
)

test('fields of a wrong type count as absent, and bad entries are left out', async () => {
  say({
    images: [
      { tag: '1.0', updatedDate: 5, size: '12', isSigned: 'no', architectureVariants: {} },
      {
        tag: '1.1',
        updatedDate: null,
        size: -1,
        architectureVariants: [{ architecture: 'arm64' }],
      },
      { tag: 7 },
      null,
      'x',
      { tag: '1.0', updatedDate: 'later' },
      { tag: '../../etc/passwd' },
      { tag: `sha256-${'0'.repeat(64)}.sig` },
      { tag: `sha256-${'0'.repeat(64)}` },
    ],
    paginationInfo: { totalPages: 'many' },
  })
  expect(await practice.catalogue().tags('nvidia/x')).toEqual([
    { tag: '1.0', changeKey: '' },
    { tag: '1.1', changeKey: '', platforms: [{ os: 'linux', architecture: 'arm64' }] },
  ])
})

test('nothing but an empty object is a repository without anything', async () => {
  say({})
  expect(await practice.catalogue().repository('nvidia/x')).toEqual({ path: 'nvidia/x' })
  expect(await practice.catalogue().tags('nvidia/x')).toEqual([])
  expect(await practice.catalogue().repositories(['nvidia'])).toEqual([])
})

test('paths that no registry could have, and those of other orgs, are not listed', async () => {
  const paths = [
    'nvidia/ok',
    'nvidia/../x',
    '/etc/x',
    'nvidia/A',
    'other/x',
    'nvidia/a/b/c',
    'nvidia',
    '',
  ]
  say({
    resultPageTotal: 1,
    results: [
      { groupValue: '_scored', resources: [{ resourceId: 'nvidia/scored' }] },
      { groupValue: 'MODEL', resources: [{ resourceId: 'nvidia/model' }] },
      { groupValue: 'CONTAINER', resources: paths.map((resourceId) => ({ resourceId })) },
    ],
  })
  expect(await practice.catalogue().repositories(['nvidia'])).toEqual([{ path: 'nvidia/ok' }])
})

test('prototype keys are data, and long texts are cut', async () => {
  answer = (response) =>
    response.end(
      `{"__proto__": {"polluted": true}, "displayName": "${'x'.repeat(5000)}\\u001b[31m", "constructor": 1}`,
    )
  const repository = await practice.catalogue().repository('nvidia/x')
  expect(repository.displayName).toHaveLength(1024)
  expect(repository).not.toHaveProperty('polluted')
  expect({}).not.toHaveProperty('polluted')
})

test('JSON nested a hundred thousand deep is refused calmly', async () => {
  answer = (response) => response.end('{"images":'.padEnd(100_000, '[') + ']'.repeat(99_990) + '}')
  const tags = practice.catalogue().tags('nvidia/x')
  await expect(tags.catch((error: { code: string }) => error.code)).resolves.toBeDefined()
})

test('an answer larger than 32 MiB is not read to its end', async () => {
  let sentBytes = 0
  answer = (response) => {
    const piece = Buffer.alloc(1024 * 1024, 32)
    const more = (): void => {
      while (!response.destroyed && response.write(piece)) sentBytes += piece.length
    }
    response.on('drain', more)
    more()
  }
  await expect(practice.catalogue().tags('nvidia/x')).rejects.toMatchObject({ code: 'protocol' })
  expect(sentBytes).toBeLessThan(64 * 1024 * 1024)
})

test('a redirect is not followed', async () => {
  answer = (response) => response.writeHead(302, { location: 'http://evil.example/' }).end()
  await expect(practice.catalogue().tags('nvidia/x')).rejects.toMatchObject({ code: 'protocol' })
})

test('the service’s own words are shown in one printable line', async () => {
  const statusDescription = 'Bad\u001b[2J\r\nthing'
  answer = (response) =>
    response.writeHead(400).end(JSON.stringify({ requestStatus: { statusDescription } }))
  await expect(practice.catalogue().tags('nvidia/x')).rejects.toThrow(/: Bad \[2J thing\.$/)
})
