import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { load, type LoadListener } from '../../main/delivery/load.ts'
import { planLoad, type LoadItem } from '../../main/delivery/load-plan.ts'
import { containerdProgram } from '../../main/docker/containerd-program.ts'
import type { ContainerEngine } from '../../main/docker/engine.ts'
import { chooseEngine } from '../../main/docker/find-engines.ts'
import { podmanProgram } from '../../main/docker/podman-program.ts'
import { helloProgram } from '../../main/sandbox/hello.ts'
import {
  makeImage,
  makeLayer,
  type LayerCompression,
  type MadeImage,
} from '../../main/sandbox/image.ts'
import { startContainerd, startDocker, startPodman, type Engine } from '../support/engines.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { amd64, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { smallDisk } from '../support/small-disk.ts'
import { describeWith } from '../support/parts.ts'

let made = 0

/** An image that no other test has, and that says so when it is run. */
function runnable(options: { compression?: LayerCompression; sizeBytes?: number } = {}): {
  image: MadeImage
  reference: string
} {
  made += 1
  const { compression = 'gzip', sizeBytes = 100_000 } = options
  const program = makeLayer({
    seed: `program ${made}`,
    compression,
    files: { 'bin/hello': { bytes: helloProgram('amd64', `carried ${made}`), mode: 0o755 } },
  })
  const rest = makeLayer({ seed: `rest ${made}`, sizeBytes, compression })
  const image = makeImage({ platform: amd64, layers: [program, rest], entrypoint: ['/bin/hello'] })
  return { image, reference: `nvcr.io/nvidia/practice:load-${made}` }
}

/** What the listener was told, in order. */
function recorder(): { listener: LoadListener; told: string[]; errors: Error[] } {
  const told: string[] = []
  const errors: Error[] = []
  return {
    told,
    errors,
    listener: {
      loaded: (item) => told.push(`loaded ${nameOf(item)}`),
      tagged: (item) => told.push(`tagged ${nameOf(item)}`),
      skipped: (item) => told.push(`skipped ${nameOf(item)}`),
      failed(item, error) {
        told.push(`failed ${nameOf(item)}`)
        if (error instanceof Error) errors.push(error)
      },
    },
  }
}

function nameOf({ references, file }: LoadItem): string {
  return references[0] ?? file
}

const goOn = new AbortController().signal

async function loadAll(
  engine: ContainerEngine,
  ...paths: string[]
): Promise<ReturnType<typeof recorder>> {
  const record = recorder()
  await load(await planLoad({ paths }, engine), engine, record.listener, goOn)
  return record
}

async function at(socket: string): Promise<ContainerEngine> {
  return await chooseEngine(undefined, {
    env: { DOCKER_HOST: `unix://${socket}` },
    home: '/nonexistent',
    containerdSockets: [],
  })
}

/** What is told of a load that is cancelled at its first bytes. */
async function cancelledLoad(engine: ContainerEngine): Promise<string[]> {
  const folder = await temporaryFolder()
  const { image, reference } = runnable({ sizeBytes: 20_000_000 })
  await writeImage(folder, image, { reference })
  const plan = await planLoad({ paths: [folder] }, engine)
  const cancelled = new AbortController()
  const { told, listener } = recorder()
  const cancelling = { ...listener, progress: () => cancelled.abort() }
  await expect(load(plan, engine, cancelling, cancelled.signal)).rejects.toThrow('abort')
  expect(await engine.find(reference)).toBeUndefined()
  return told
}

describeWith(['dockerd', 'docker'], 'loading into Docker', () => {
  let docker: Engine
  let engine: ContainerEngine
  beforeAll(async () => {
    docker = await startDocker()
    engine = await at(docker.socket)
  })
  afterAll(() => docker?.stop())

  it('tells what the engine is and what room it has', () => {
    expect(engine.facts).toMatchObject({
      kind: 'docker',
      name: expect.stringMatching(/^Docker \d/),
      apiVersion: expect.any(String),
      freeBytes: expect.any(Number),
      hasContainerdStore: false,
    })
  })

  it('loads a tarball, compares its id, and the image runs; a second time it is skipped', async () => {
    const folder = await temporaryFolder()
    const { image, reference } = runnable()
    await writeImage(folder, image, { reference })
    expect((await loadAll(engine, folder)).told).toEqual([`loaded ${reference}`])
    expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain('carried')
    const id = await docker.run('image', 'inspect', '--format', '{{.Id}}', reference)
    expect(id.trim()).toBe(image.config.descriptor.digest)
    expect((await loadAll(engine, folder)).told).toEqual([`skipped ${reference}`])
  })

  it('gives an image that it has under another name its name, without loading it again', async () => {
    const folder = await temporaryFolder()
    const { image, reference } = runnable()
    await writeImage(folder, image, { reference })
    await loadAll(engine, folder)
    await docker.run('tag', reference, 'other:name')
    await docker.run('rmi', reference)
    expect((await loadAll(engine, folder)).told).toEqual([`tagged ${reference}`])
    expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain('carried')
  })

  it('loads it again where the engine has another image under that name', async () => {
    const [first, second] = [await temporaryFolder(), await temporaryFolder()]
    const { image, reference } = runnable()
    await writeImage(first, image, { reference })
    await writeImage(second, runnable().image, { reference })
    await loadAll(engine, first)
    expect((await loadAll(engine, second)).told).toEqual([`loaded ${reference}`])
  })

  it('tells how many bytes of the tarball it has read', async () => {
    const folder = await temporaryFolder()
    const { image, reference } = runnable({ sizeBytes: 3_000_000 })
    const { sizeBytes } = await writeImage(folder, image, { reference })
    const plan = await planLoad({ paths: [folder] }, engine)
    const seen: { phase: string; readBytes: number }[] = []
    await load(plan, engine, { progress: (_item, progress) => seen.push(progress) }, goOn)
    expect(seen.length).toBeGreaterThan(5)
    expect(seen.map(({ readBytes }) => readBytes)).toEqual(
      seen.map(({ readBytes }) => readBytes).toSorted((a, b) => a - b),
    )
    expect(seen.at(-1)).toEqual({ phase: 'unpacking', readBytes: sizeBytes })
  })

  it('takes what docker save wrote, of several images', async () => {
    const folder = await temporaryFolder()
    const images = [runnable(), runnable()]
    for (const { image, reference } of images) {
      await writeImage(folder, image, { reference })
      await loadAll(engine, folder)
    }
    const names = images.map(({ reference }) => reference)
    const saved = join(folder, 'docker_image_nvidia%%practice.tar')
    await docker.run('save', '--output', saved, ...names)
    await docker.run('rmi', ...names)
    expect((await loadAll(engine, saved)).told).toEqual([expect.stringMatching(/^loaded /)])
    for (const name of names) {
      expect(await docker.run('run', '--rm', '--network', 'none', name)).toContain('carried')
    }
  })

  it('loads only what is asked for, and says what no tarball holds', async () => {
    const folder = await temporaryFolder()
    const [one, other] = [runnable(), runnable()]
    await writeImage(folder, one.image, { reference: one.reference, name: 'one.tar' })
    await writeImage(folder, other.image, { reference: other.reference, name: 'other.tar' })
    const images = [other.reference.replace('nvcr.io/nvidia/', ''), 'pytorch:none']
    const plan = await planLoad({ paths: [folder], images }, engine)
    expect(plan.items).toMatchObject([{ state: 'load', references: [other.reference] }])
    expect(plan.unknown).toEqual(['pytorch:none'])
  })

  it('says before loading that an old Docker reads no zstd', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, runnable({ compression: 'zstd' }).image)
    const old = { ...engine, facts: { ...engine.facts, version: '20.10.24' } }
    const plan = await planLoad({ paths: [folder] }, old)
    expect(plan.items).toMatchObject([
      { state: 'refused', error: { message: expect.stringContaining('zstd') } },
    ])
  })

  it('says before loading that there is too little space, and how much it needs', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, runnable({ sizeBytes: 3_000_000 }).image)
    const full = { ...engine, facts: { ...engine.facts, freeBytes: 4_000_000 } }
    const plan = await planLoad({ paths: [folder] }, full)
    expect(plan.items).toMatchObject([{ state: 'refused', error: { code: 'no-space' } }])
    const enough = { ...engine, facts: { ...engine.facts, freeBytes: 7_000_000 } }
    expect((await planLoad({ paths: [folder] }, enough)).items).toMatchObject([{ state: 'load' }])
  })

  it('refuses torn and foreign files, and loads the others', async () => {
    const folder = await temporaryFolder()
    const { image, reference } = runnable()
    await writeImage(folder, image, { reference, name: 'whole.tar' })
    const bytes = await readFile(join(folder, 'whole.tar'))
    await writeFile(join(folder, 'torn.tar'), bytes.subarray(0, bytes.length - 50_000))
    await writeFile(join(folder, 'picture.tar'), 'no tarball at all')
    const { told, errors } = await loadAll(engine, folder)
    expect(told.toSorted()).toEqual([
      'failed picture.tar',
      `failed torn.tar`,
      `loaded ${reference}`,
    ])
    expect(errors.map(({ message }) => message).join(' ')).toContain('cannot be loaded')
  })

  it('tells in its words what the engine says within its 200', async () => {
    const folder = await temporaryFolder()
    const { image, reference } = runnable()
    await writeImage(folder, image, { reference })
    const bytes = await readFile(join(folder, 'practice.tar'))
    // Within the program, which only its diff id covers.
    bytes[bytes.indexOf('carried')]! ^= 1
    await writeFile(join(folder, 'practice.tar'), bytes)
    const { told, errors } = await loadAll(engine, folder)
    expect(told).toEqual([`failed ${reference}`])
    expect(errors[0]?.message).toMatch(/^Docker .* refused it: /)
  })

  it('does not call loaded what the engine then does not have, or has otherwise', async () => {
    const folder = await temporaryFolder()
    const { image, reference } = runnable()
    await writeImage(folder, image, { reference })
    const idle = { ...engine, load: async () => undefined }
    const none = await loadAll(idle, folder)
    expect(none.errors[0]?.message).toContain(`took ${reference}, but does not have it`)
    const elsewhere = await temporaryFolder()
    await writeImage(elsewhere, runnable().image, { reference })
    await loadAll(engine, elsewhere)
    const other = await loadAll(idle, folder)
    expect(other.errors).toMatchObject([{ code: 'digest-mismatch' }])
  })

  it('stops when it is cancelled, and the engine has nothing of it', async () => {
    expect(await cancelledLoad(engine)).toEqual([])
  })
})

describeWith(['dockerd', 'docker', 'fusefat', 'mkfs.fat'], 'loading from a FAT drive', () => {
  it('streams the parts of a tarball, named by the folder, a part, or their common name', async () => {
    const docker = await startDocker()
    try {
      const engine = await at(docker.socket)
      const drive = await fatDrive(64 * 1024 * 1024)
      const { image, reference } = runnable({ sizeBytes: 5_000_000 })
      const { files } = await writeImage(drive, image, { reference, maxFileSizeBytes: 1_000_000 })
      expect(files.length).toBeGreaterThan(4)
      expect((await loadAll(engine, drive)).told).toEqual([`loaded ${reference}`])
      expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain('carried')
      for (const path of ['practice.tar', 'practice.tar.002']) {
        expect((await loadAll(engine, join(drive, path))).told).toEqual([`skipped ${reference}`])
      }
    } finally {
      await docker.stop()
    }
  })
})

describeWith(['dockerd', 'docker'], 'a Docker that dies', () => {
  it('is told by name, and does not lose what was loaded before', async () => {
    const docker = await startDocker()
    try {
      const engine = await at(docker.socket)
      const folder = await temporaryFolder()
      const images = [runnable(), runnable({ sizeBytes: 30_000_000 }), runnable()]
      for (const [number, { image, reference }] of images.entries()) {
        await writeImage(folder, image, { reference, name: `${number}.tar` })
      }
      const plan = await planLoad({ paths: [folder] }, engine)
      const { told, errors, listener } = recorder()
      let killing: Promise<void> | undefined
      await load(
        plan,
        engine,
        {
          ...listener,
          progress(item, { readBytes }) {
            if (item.file === '1.tar' && readBytes > 1_000_000) killing ??= docker.kill()
          },
        },
        goOn,
      )
      await killing
      expect(told).toEqual([
        `loaded ${images[0]?.reference}`,
        `failed ${images[1]?.reference}`,
        `failed ${images[2]?.reference}`,
      ])
      expect(errors[0]?.message).toMatch(/^Docker \S+ stopped answering\.$/)
      expect(errors[1]?.message).toMatch(/^Docker \S+ does not answer\.$/)
    } finally {
      await docker.stop()
    }
  })
})

describeWith(['dockerd', 'docker', 'mkfs.ext4'], 'a Docker with a small disk', () => {
  it('is told before loading, and in its own words where that was not known', async () => {
    const disk = await smallDisk(48_000_000)
    const docker = await startDocker({ dataRoot: disk })
    try {
      const engine = await at(docker.socket)
      const folder = await temporaryFolder()
      const { image, reference } = runnable({ sizeBytes: 30_000_000 })
      await writeImage(folder, image, { reference })
      const { errors } = await loadAll(engine, folder)
      expect(errors[0]?.message).toMatch(/too little space: .* free, but loading needs 60\.\d MB/)
      const { freeBytes: _, ...facts } = engine.facts
      const unaware = await loadAll({ ...engine, facts }, folder)
      expect(unaware.errors).toMatchObject([{ code: 'no-space' }])
      expect(unaware.errors[0]?.message).toMatch(/^The disk of Docker \S+ is full: /)
      const small = runnable()
      await writeImage(folder, small.image, { reference: small.reference })
      expect((await loadAll(engine, folder)).told).toEqual([`loaded ${small.reference}`])
    } finally {
      await docker.stop()
    }
  })
})

describeWith(['podman'], 'loading into Podman', () => {
  let podman: Awaited<ReturnType<typeof startPodman>>
  beforeAll(async () => {
    podman = await startPodman()
  })
  afterAll(() => podman?.stop())

  describe.each(['socket', 'command'] as const)('through its %s', (way) => {
    const engineOf = (): Promise<ContainerEngine> =>
      way === 'socket' ? at(podman.socket) : podmanProgram(podman.options)

    it('loads a tarball with its digest, and skips it a second time', async () => {
      const engine = await engineOf()
      expect(engine.facts).toMatchObject({ kind: 'podman', storageDriver: 'vfs' })
      const folder = await temporaryFolder()
      const { image, reference } = runnable({ compression: 'zstd' })
      await writeImage(folder, image, { reference, maxFileSizeBytes: 60_000 })
      const { told, errors } = await loadAll(engine, folder)
      expect(errors).toEqual([])
      expect(told).toEqual([`loaded ${reference}`])
      const digest = await podman.run('image', 'inspect', '--format', '{{.Digest}}', reference)
      expect(digest.trim()).toBe(image.manifest.descriptor.digest)
      expect((await loadAll(engine, folder)).told).toEqual([`skipped ${reference}`])
      expect(await cancelledLoad(engine)).toEqual([])
      await podman.run('tag', reference, 'localhost/other:name')
      await podman.run('untag', reference, reference)
      expect((await loadAll(engine, folder)).told).toEqual([`tagged ${reference}`])
    })
  })
})

describeWith(['containerd', 'ctr'], 'loading into containerd', () => {
  let containerd: Engine
  beforeAll(async () => {
    containerd = await startContainerd()
  })
  afterAll(() => containerd?.stop())

  it('loads into the namespace that is asked for, with the published digest, and skips it then', async () => {
    const engine = await containerdProgram({ socket: containerd.socket, namespace: 'k8s.io' })
    expect(engine.facts.name).toMatch(/^containerd \d/)
    const folder = await temporaryFolder()
    const { image, reference } = runnable({ compression: 'zstd' })
    await writeImage(folder, image, { reference, maxFileSizeBytes: 60_000 })
    const { told, errors } = await loadAll(engine, folder)
    expect(errors).toEqual([])
    expect(told).toEqual([`loaded ${reference}`])
    const listed = await containerd.run('--namespace', 'k8s.io', 'images', 'list')
    expect(listed).toContain(image.manifest.descriptor.digest)
    expect((await loadAll(engine, folder)).told).toEqual([`skipped ${reference}`])
    expect(await cancelledLoad(engine)).toEqual([])
    const elsewhere = await containerdProgram({ socket: containerd.socket, namespace: 'default' })
    expect((await planLoad({ paths: [folder] }, elsewhere)).items).toMatchObject([
      { state: 'load' },
    ])
  })
})
