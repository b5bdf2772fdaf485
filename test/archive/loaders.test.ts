import { execFile } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTarball } from '../../main/archive/parts.ts'
import { readTarball } from '../../main/archive/read.ts'
import { verifyTarball } from '../../main/archive/verify.ts'
import { helloProgram } from '../../main/sandbox/hello.ts'
import {
  makeImage,
  makeIndex,
  makeLayer,
  type LayerCompression,
  type MadeImage,
} from '../../main/sandbox/image.ts'
import {
  output,
  startContainerd,
  startDocker,
  startPodman,
  type Engine,
} from '../support/engines.ts'
import { amd64, practiceReference, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

const reference = practiceReference
const digestOf = (image: MadeImage): string => image.manifest.descriptor.digest

function runnable(
  options: { compression?: LayerCompression; repeats?: number; format?: 'oci' | 'docker' } = {},
): MadeImage {
  const { compression = 'gzip', repeats = 1, format = 'oci' } = options
  const program = makeLayer({
    seed: `program ${compression}`,
    compression,
    files: { 'bin/hello': { bytes: helloProgram('amd64', 'carried across'), mode: 0o755 } },
  })
  const rest = makeLayer({ seed: `rest ${compression}`, sizeBytes: 100_000, compression })
  const layers = [program, ...Array.from({ length: repeats }, () => rest)]
  return makeImage({ platform: amd64, layers, entrypoint: ['/bin/hello'], format })
}

describeWith(['dockerd', 'docker'], 'docker load', () => {
  let docker: Engine
  beforeAll(async () => {
    docker = await startDocker()
  })
  afterAll(() => docker?.stop())

  it.each(['oci', 'docker'] as const)(
    'takes a tarball of an image in %s format, and runs it',
    async (format) => {
      const folder = await temporaryFolder()
      await writeImage(folder, runnable({ format }))
      expect(await docker.run('load', '--input', join(folder, 'practice.tar'))).toContain(reference)
      expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain(
        'carried across',
      )
    },
  )

  it('takes the concatenation of parts', async () => {
    const folder = await temporaryFolder()
    const name = 'nvcr.io/nvidia/practice:parts'
    const { files } = await writeImage(folder, runnable(), {
      maxFileSizeBytes: 30_000,
      reference: name,
    })
    expect(files.length).toBeGreaterThan(3)
    const command = `cat practice.tar.* | docker --host unix://${docker.socket} load`
    await promisify(execFile)('sh', ['-c', command], { cwd: folder })
    expect(await docker.run('run', '--rm', '--network', 'none', name)).toContain('carried across')
  })

  it('takes an image that lists one layer forty times', async () => {
    const folder = await temporaryFolder()
    const name = 'nvcr.io/nvidia/practice:forty'
    await writeImage(folder, runnable({ repeats: 40 }), { reference: name })
    await docker.run('load', '--input', join(folder, 'practice.tar'))
    expect(await docker.run('run', '--rm', '--network', 'none', name)).toContain('carried across')
    const layers = await docker.run('image', 'inspect', '--format', '{{len .RootFS.Layers}}', name)
    expect(layers.trim()).toBe('41')
  })

  it('takes an image that has a digest only, without a name', async () => {
    const folder = await temporaryFolder()
    const image = runnable({ repeats: 2 })
    await writeImage(folder, image, { reference: `nvcr.io/nvidia/practice@${digestOf(image)}` })
    expect(await docker.run('load', '--input', join(folder, 'practice.tar'))).toContain(
      'Loaded image ID',
    )
  })

  it('takes layers of a foreign media type, which it does not look at', async () => {
    const folder = await temporaryFolder()
    const name = 'nvcr.io/nvidia/practice:foreign'
    const [program] = runnable().layers
    if (program === undefined) throw new Error('no layer')
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
    const foreign = { ...program, descriptor: { ...program.descriptor, mediaType } }
    const image = makeImage({ platform: amd64, layers: [foreign], entrypoint: ['/bin/hello'] })
    await writeImage(folder, image, { reference: name })
    await docker.run('load', '--input', join(folder, 'practice.tar'))
    expect(await docker.run('run', '--rm', '--network', 'none', name)).toContain('carried across')
  })

  it('of version 20.10 refuses zstd layers', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, runnable({ compression: 'zstd' }))
    const version = await docker.run('version', '--format', '{{.Server.Version}}')
    if (!version.startsWith('20.10')) return
    await expect(docker.run('load', '--input', join(folder, 'practice.tar'))).rejects.toThrow(
      'invalid tar header',
    )
  })

  it('gives back, by docker save, a tarball that can be listed and verified', async () => {
    const folder = await temporaryFolder()
    const name = 'nvcr.io/nvidia/practice:saved'
    const image = runnable({ repeats: 3 })
    await writeImage(folder, image, { reference: name })
    await docker.run('load', '--input', join(folder, 'practice.tar'))
    const path = join(folder, 'docker_image_nvidia%%practice%%saved.tar')
    await docker.run('save', '--output', path, name)
    const tarball = await openTarball([path])
    const reading = await readTarball(tarball)
    expect(reading).toMatchObject({
      status: 'complete',
      kind: 'docker-save',
      images: [{ references: [name], configDigest: image.config.descriptor.digest, missing: [] }],
    })
    expect(await verifyTarball(tarball)).toEqual([])
    await tarball.close()
    const bytes = await readFile(path)
    bytes[bytes.indexOf('carried across') + 3]! ^= 1
    await writeFile(path, bytes)
    const damaged = await openTarball([path])
    expect(await verifyTarball(damaged)).toMatchObject([{ kind: 'digest-mismatch' }])
    await damaged.close()
  })
})

describeWith(['podman'], 'podman load', () => {
  let podman: Engine
  beforeAll(async () => {
    podman = await startPodman()
  })
  afterAll(() => podman?.stop())

  it.each(['gzip', 'zstd'] as const)(
    'keeps the name and the digest of an image with %s layers',
    async (compression) => {
      const folder = await temporaryFolder()
      const image = runnable({ compression, repeats: 3 })
      await writeImage(folder, image)
      expect(await podman.run('load', '--input', join(folder, 'practice.tar'))).toContain(reference)
      expect(
        (await podman.run('image', 'inspect', '--format', '{{.Digest}}', reference)).trim(),
      ).toBe(digestOf(image))
    },
  )
})

describeWith(['containerd', 'ctr'], 'ctr images import', () => {
  let containerd: Engine
  beforeAll(async () => {
    containerd = await startContainerd()
  })
  afterAll(() => containerd?.stop())

  it.each([{ flags: [] }, { flags: ['--all-platforms'] }])(
    'keeps the name and the digest with $flags',
    async ({ flags }) => {
      const folder = await temporaryFolder()
      const image = runnable({ repeats: 40 })
      const { index } = makeIndex({ children: [image] })
      const name = `nvcr.io/nvidia/practice:ctr${flags.length}`
      await writeImage(folder, image, { reference: name, extras: [index] })
      await containerd.run('images', 'import', ...flags, join(folder, 'practice.tar'))
      const listed = await containerd.run('images', 'list', `name==${name}`)
      expect(listed).toContain(digestOf(image))
    },
  )

  it('takes zstd layers', async () => {
    const folder = await temporaryFolder()
    const image = runnable({ compression: 'zstd' })
    await writeImage(folder, image, { reference: 'nvcr.io/nvidia/practice:zstd' })
    expect(await containerd.run('images', 'import', join(folder, 'practice.tar'))).toContain(
      'practice:zstd',
    )
  })
})

describeWith(['skopeo'], 'skopeo inspect', () => {
  it('reads it as docker-archive and as oci-archive, with the published digest', async () => {
    const folder = await temporaryFolder()
    const image = runnable()
    const { index } = makeIndex({ children: [image], attestations: true })
    await writeImage(folder, image, { extras: [index] })
    // skopeo takes a colon in a path for the start of a name.
    await symlink(join(folder, 'practice.tar'), join(folder, 'link.tar'))
    const asDocker = await output('skopeo', ['inspect', `docker-archive:${folder}/link.tar`])
    expect(JSON.parse(asDocker)).toMatchObject({ Architecture: 'amd64' })
    const named = await output('skopeo', [
      'inspect',
      `docker-archive:${folder}/link.tar:${reference}`,
    ])
    expect(JSON.parse(named)).toMatchObject({ Layers: [expect.any(String), expect.any(String)] })
    const asOci = await output('skopeo', ['inspect', `oci-archive:${folder}/link.tar:${reference}`])
    expect(JSON.parse(asOci)).toMatchObject({ Digest: digestOf(image) })
  })
})
