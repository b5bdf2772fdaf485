import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Published } from '../../main/registry/manifest.ts'
import { emptyLayer, makeImage, makeLayer, type MadeLayer } from '../../main/sandbox/image.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { describeWith } from '../support/parts.ts'

const run = promisify(execFile)
const skopeo = async (...options: string[]): Promise<string> =>
  (await run('skopeo', ['--override-os', 'linux', '--override-arch', 'amd64', ...options])).stdout

describeWith(['skopeo'], 'skopeo accepts what the sandbox makes', () => {
  let folder = ''
  let sandbox: Sandbox
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
    sandbox = await startSandbox()
  })
  afterAll(async () => {
    await sandbox.close()
    await rm(folder, { recursive: true })
  })
  const remote = (image: string) => `docker://${new URL(sandbox.site.registry ?? '').host}/${image}`

  test.each(['oci', 'docker'] as const)(
    'an image in the format %s, with each compression and repeated layers',
    async (format) => {
      const layers = [
        makeLayer({ seed: 'a', sizeBytes: 100_000 }),
        emptyLayer(),
        emptyLayer(),
        makeLayer({ seed: 'b', compression: 'none', files: { 'usr/bin/x': { bytes: 'x' } } }),
        ...(format === 'oci'
          ? [makeLayer({ seed: 'c', compression: 'zstd', sizeBytes: 300_000 })]
          : []),
      ]
      const image = makeImage({ platform: { os: 'linux', architecture: 'amd64' }, layers, format })
      const layout = join(folder, format)
      await writeLayout(layout, image.manifest, [image.manifest, image.config, ...image.layers])
      const told: unknown = JSON.parse(await skopeo('inspect', `oci:${layout}`))
      expect(told).toMatchObject({
        Digest: image.manifest.descriptor.digest,
        Architecture: 'amd64',
        Layers: layers.map(({ descriptor }) => descriptor.digest),
      })
      // Unpacked, a layer is named by its diff id.
      const unpacked = join(folder, `${format}-unpacked`)
      await skopeo('copy', '--dest-decompress', `oci:${layout}`, `dir:${unpacked}`)
      const files = await readdir(unpacked)
      for (const { diffId } of layers) expect(files).toContain(diffId.slice('sha256:'.length))
    },
  )

  test('a copy of all platforms from the registry, as guest, with its attestations', async () => {
    const target = `oci:${join(folder, 'cuda')}:x`
    const source = remote('nvidia/cuda:12.4.1-base-ubuntu22.04')
    await skopeo('copy', '--all', '--preserve-digests', '--src-tls-verify=false', source, target)
    const inspected = await skopeo('inspect', '--raw', target)
    expect(JSON.parse(inspected)).toMatchObject({ manifests: { length: 4 } })
  })

  test('a private image is had with a key, and not without', async () => {
    const source = remote('acme/inspection:2024.2')
    const target = `docker-archive:${join(folder, 'private.tar')}:acme/inspection:2024.2`
    await expect(skopeo('copy', '--src-tls-verify=false', source, target)).rejects.toThrow(/denied/)
    const login = ['--src-creds', `$oauthtoken:${sandboxKeys.personal}`]
    await skopeo('copy', ...login, '--src-tls-verify=false', source, target)
  })

  test('the whole list of tags, page by page', async () => {
    const listed = await skopeo('list-tags', '--tls-verify=false', remote('nvidia/pytorch'))
    const { Tags } = JSON.parse(listed) as { Tags: string[] }
    expect(Tags).toContain('24.05-py3')
    expect(Tags.filter((tag) => tag.endsWith('.sig'))).toHaveLength(5)
  })
})

/** OCI image specification 1.1, "Image Layout". */
async function writeLayout(
  folder: string,
  root: Published,
  contents: readonly (Published | MadeLayer)[],
): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const index = { schemaVersion: 2, manifests: [root.descriptor] }
  await writeFile(join(folder, 'index.json'), JSON.stringify(index))
  for (const { descriptor, bytes } of contents) {
    await writeFile(join(blobs, descriptor.digest.slice('sha256:'.length)), bytes)
  }
}
