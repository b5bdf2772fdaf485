import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { load } from '../../main/delivery/load.ts'
import { planLoad } from '../../main/delivery/load-plan.ts'
import type { ContainerEngine } from '../../main/docker/engine.ts'
import { startDocker, type Engine } from '../support/engines.ts'
import { at, cancelledLoad, goOn, loadAll, runnable } from '../support/load-stage.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

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

  it('loads only what is asked for, and nothing where a name is in no tarball', async () => {
    const folder = await temporaryFolder()
    const [one, other] = [runnable(), runnable()]
    await writeImage(folder, one.image, { reference: one.reference, name: 'one.tar' })
    await writeImage(folder, other.image, { reference: other.reference, name: 'other.tar' })
    const images = [other.reference.replace('nvcr.io/nvidia/', '')]
    const plan = await planLoad({ paths: [folder], images }, engine)
    expect(plan.items).toMatchObject([{ state: 'load', references: [other.reference] }])
    await writeFile(join(folder, 'third.tar'), 'torn')
    await expect(
      planLoad({ paths: [folder], images: [...images, 'pytorch:none'] }, engine),
    ).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^No image here is called pytorch:none\. .*third\.tar/),
    })
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
