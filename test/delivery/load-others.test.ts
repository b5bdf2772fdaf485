import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { load } from '../../main/delivery/load.ts'
import { planLoad } from '../../main/delivery/load-plan.ts'
import { containerdProgram } from '../../main/docker/containerd-program.ts'
import type { ContainerEngine } from '../../main/docker/engine.ts'
import { podmanProgram } from '../../main/docker/podman-program.ts'
import {
  output,
  startContainerd,
  startDocker,
  startPodman,
  type Engine,
} from '../support/engines.ts'
import { farSides } from '../support/far-sides.ts'
import { at, cancelledLoad, goOn, loadAll, recorder, runnable } from '../support/load-stage.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { smallDisk } from '../support/small-disk.ts'

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

  it('tells of a command that is killed half-way, and loads the next time', async () => {
    const engine = await podmanProgram(podman.options)
    const folder = await temporaryFolder()
    const { image, reference } = runnable({ sizeBytes: 30_000_000 })
    await writeImage(folder, image, { reference })
    const { errors, listener } = recorder()
    let killing: Promise<void> | undefined
    const progress = (): void => void (killing ??= killLoading())
    await load(await planLoad({ paths: [folder] }, engine), engine, { ...listener, progress }, goOn)
    await killing
    expect(errors.map(({ message }) => message)).toEqual([
      `${engine.facts.name} was ended (SIGKILL).`,
    ])
    expect((await loadAll(engine, folder)).told).toEqual([`loaded ${reference}`])
  })
})

describeWith(['podman', 'mkfs.ext4'], 'Podman that copies through a small disk', () => {
  it.each(['socket', 'command'] as const)('says so before, through its %s', async (way) => {
    const [disk, folder] = [await smallDisk(100_000_000), await temporaryFolder()]
    const podman = await startPodman({ temporaryRoot: disk })
    onTestFinished(() => podman.stop())
    vi.stubEnv('TMPDIR', disk)
    onTestFinished(() => void vi.unstubAllEnvs())
    const engine = await (way === 'socket' ? at(podman.socket) : podmanProgram(podman.options))
    expect(engine.facts.scratch).toEqual({ folder: disk, freeBytes: expect.any(Number) })

    const { image, reference } = runnable({ sizeBytes: 40_000_000 })
    await writeImage(folder, image, { reference })
    const { errors } = await loadAll(engine, folder)
    expect(errors).toMatchObject([
      { code: 'no-space', hint: expect.stringContaining('image_copy_tmp_dir') },
    ])
    expect(errors[0]?.message).toMatch(/a drive has 9\d\.\d MB free, but loading needs 12\d MB\.$/)
    const smaller = runnable({ sizeBytes: 25_000_000 })
    await writeImage(folder, smaller.image, { reference: smaller.reference })
    expect((await loadAll(engine, folder)).told).toEqual([`loaded ${smaller.reference}`])
    const digestOf = (name: string): Promise<string> =>
      podman.run('image', 'inspect', '--format', '{{.Digest}}', name)
    expect(await digestOf(smaller.reference)).toContain(smaller.image.manifest.descriptor.digest)

    // With room for two copies instead of three Podman takes Docker's way, on which the published digest is lost.
    const { scratch: _, ...facts } = engine.facts
    const unaware = { ...engine, facts }
    await writeImage(folder, image, { reference })
    expect((await loadAll(unaware, folder)).told).toEqual([`loaded ${reference}`])
    expect(await digestOf(reference)).not.toContain(image.manifest.descriptor.digest)
    const larger = runnable({ sizeBytes: 60_000_000 })
    await writeImage(folder, larger.image, { reference: larger.reference })
    expect((await loadAll(unaware, folder)).errors).toMatchObject([{ code: 'no-space' }])
  })
})

/** Ends the `podman load` that this process started. */
async function killLoading(): Promise<void> {
  const ours = ['--parent', String(process.pid), '--full', '^podman .* load$']
  process.kill(Number(await output('pgrep', ours)), 'SIGKILL')
}

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
    const images = ['--namespace', 'k8s.io', 'images']
    await containerd.run(...images, 'tag', reference, 'localhost/other:name')
    await containerd.run(...images, 'remove', reference)
    expect((await loadAll(engine, folder)).told).toEqual([`tagged ${reference}`])
    expect(await containerd.run(...images, 'list', `name==${reference}`)).toContain(reference)
    const elsewhere = await containerdProgram({ socket: containerd.socket, namespace: 'default' })
    expect((await planLoad({ paths: [folder] }, elsewhere)).items).toMatchObject([
      { state: 'load' },
    ])
  })
})

for (const { kind, parts, start, open, runImage } of farSides.filter(
  (side) => side.kind !== 'docker',
)) {
  describeWith(['dockerd', 'docker', ...parts], 'what docker save wrote', () => {
    it(`loads into ${kind}, and runs there`, async () => {
      const started = await start()
      onTestFinished(() => started.stop())
      const engine = await open(started)
      const folder = await temporaryFolder()
      const reference = await savedByDocker(folder)
      expect((await loadAll(engine, folder)).told).toEqual([`loaded ${reference}`])
      expect((await loadAll(engine, folder)).told).toEqual([`skipped ${reference}`])
      expect(await runImage(started, reference)).toContain('carried')
    })
  })
}

/** What `docker save` of an old Docker wrote, as the original Replicator did. */
async function savedByDocker(folder: string): Promise<string> {
  const { image, reference } = runnable()
  const docker = await startDocker()
  try {
    await writeImage(folder, image, { reference })
    await docker.run('load', '--input', join(folder, 'practice.tar'))
    await rm(join(folder, 'practice.tar'))
    await docker.run(
      'save',
      '--output',
      join(folder, 'docker_image_nvidia%%practice.tar'),
      reference,
    )
  } finally {
    await docker.stop()
  }
  return reference
}
