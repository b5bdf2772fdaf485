import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { runCli, type RunOptions } from '../support/cli.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { inspect, practice } from '../support/push-stage.ts'
import { login, startRegistry, type RealRegistry } from '../support/registry.ts'

describeWith(
  ['docker-registry', 'skopeo', 'openssl'],
  'pushing with a login and a certificate',
  () => {
    let authority: string
    let secure: RealRegistry
    let folder: string
    const image = practice('secure')

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'push-'))
      const made = await makeCertificates()
      authority = join(folder, 'ca.pem')
      await writeFile(authority, made.authority)
      secure = await startRegistry({
        login: true,
        certificate: made.server,
        authority: made.authority,
      })
      await writeImage(folder, image, { reference: 'nvcr.io/acme/secure:1' })
    })
    afterAll(async () => {
      await secure?.stop()
      await rm(folder, { recursive: true, force: true })
    })
    const pushTo = (prefix: string, args: readonly string[], options: RunOptions = {}) =>
      runCli(['push', folder, '--to', `${secure.host}/${prefix}`, '--json', '--verbose', ...args], {
        ...options,
        env: { DOCKER_CONFIG: folder, ...options.env },
      })
    const arrived = (prefix: string): Promise<string> =>
      inspect(
        `${secure.host}/${prefix}/acme/secure:1`,
        '--creds',
        `${login.username}:${login.password}`,
      )

    test('a password from standard input is enough, and shows nowhere', async () => {
      const args = ['--ca', authority, '--username', login.username, '--password-stdin']
      const run = await pushTo('typed', args, { input: `${login.password}\n` })
      expect(run.code).toBe(0)
      expect(await arrived('typed')).toBe(image.manifest.descriptor.digest)
      const said = run.stdout + run.stderr
      expect(said).not.toContain(login.password)
      expect(said).not.toContain(
        Buffer.from(`${login.username}:${login.password}`).toString('base64'),
      )
    })

    test('so are the environment, and what docker login has kept', async () => {
      const env = {
        NGC_REPLICATOR_REGISTRY_USERNAME: login.username,
        NGC_REPLICATOR_REGISTRY_PASSWORD: login.password,
      }
      expect((await pushTo('environment', ['--ca', authority], { env })).code).toBe(0)
      const config = await temporaryFolder()
      const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64')
      await writeFile(
        join(config, 'config.json'),
        JSON.stringify({ auths: { [secure.host]: { auth } } }),
      )
      const stored = await pushTo('stored', ['--ca', authority], { env: { DOCKER_CONFIG: config } })
      expect(stored.code).toBe(0)
      expect(await arrived('stored')).toBe(image.manifest.descriptor.digest)
    })

    test.each([
      [
        'a wrong password',
        ['--username', 'exporter', '--password-stdin'],
        /does not accept this user name and password/,
      ],
      ['no login', [], /does not let a guest push/],
      ['a user without a password', ['--username', 'exporter'], /A user name needs a password/],
    ])('%s is a sentence', async (_, args, sentence) => {
      const run = await pushTo('refused', ['--ca', authority, ...args], {
        input: 'not the password',
      })
      expect(run.code).toBeGreaterThan(0)
      expect(run.stderr).toMatch(sentence)
      expect(run.stderr).not.toContain('not the password')
    })

    test('a certificate that nobody vouches for is no reason to go on without one', async () => {
      const run = await pushTo('untrusted', [])
      expect(run.code).toBe(1)
      expect(run.stderr).toContain('cannot be trusted')
    })
  },
)
