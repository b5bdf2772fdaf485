import { mkdir, readFile, readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest'
import type { DeliveryView, LibraryView } from '../../main/api/shapes.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { startDocker, type Engine } from '../support/engines.ts'
import { practiceImage, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { login, startRegistry, type RealRegistry } from '../support/registry.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()
let home: { path: string; remove: () => void }
let desktop: TestDesktop
let grant: string

beforeEach(async () => {
  home = temporaryFolder()
  const stick = join(home.path, 'stick')
  await mkdir(stick)
  for (const tag of ['one', 'two']) {
    await writeImage(stick, practiceImage(tag), {
      name: `${tag}.tar`,
      reference: `nvcr.io/nvidia/practice:${tag}`,
    })
  }
  desktop = await startDesktop({ sandbox, folder: home.path })
  desktop.chosen.folder = stick
  grant = (await desktop.handlers['places.choose']({}))?.grant ?? ''
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await desktop.close()
  home.remove()
})

const open = async (): Promise<LibraryView> => await desktop.handlers['library.open']({ grant })
const allIds = async (): Promise<string[]> => (await open()).rows.map(({ id }) => id)
const view = (): DeliveryView => desktop.handlers['delivery.get']({}) as DeliveryView
const ended = async (): Promise<Exclude<DeliveryView, { state: 'none' }>> =>
  await vi.waitFor(
    () => {
      const now = view()
      if (now.state === 'none' || now.state === 'running') throw new Error('it runs')
      return now
    },
    { timeout: 30_000, interval: 20 },
  )

describeWith(['docker-registry'], 'pushing', () => {
  let registry: RealRegistry
  beforeAll(async () => {
    registry = await startRegistry({ login: true })
  })
  afterAll(() => registry?.stop())

  const plan = async (more: { username?: string; password?: string } = {}) =>
    await desktop.handlers['push.plan']({
      grant,
      ids: await allIds(),
      to: `${registry.host}/mirror`,
      isInsecureAllowed: false,
      username: login.username,
      password: login.password,
      ...more,
    })

  it('shows the names before, sends all, and finds all there the next time', async () => {
    const { handlers, folder } = desktop
    const planned = await plan()
    expect(planned).toMatchObject({
      rows: [
        {
          source: 'nvcr.io/nvidia/practice:one',
          name: `${registry.host}/mirror/nvidia/practice:one`,
          state: 'new',
        },
        { state: 'new' },
      ],
      failures: [],
    })
    await handlers['push.start']({ plan: planned.id })
    const done = await ended()
    expect(done).toMatchObject({ kind: 'push', rows: [{ phase: 'done' }, { phase: 'done' }] })
    expect(done.doneBytes).toBe(done.totalBytes)
    await vi.waitFor(() =>
      expect(desktop.last['library.changed']?.rows[0]?.records).toMatchObject([
        { what: 'pushed', ok: true, detail: `${registry.host}/mirror/nvidia/practice:one` },
      ]),
    )
    // The password is known until the application ends, and nowhere else.
    expect(await handlers['push.defaults']({})).toMatchObject({ hasPassword: true })
    const again = await plan({ password: '' })
    expect(again.rows.map(({ state }) => state)).toEqual(['present', 'present'])
    const kept = await readdir(join(folder, 'kept'))
    const texts = await Promise.all(
      kept.map((name) => readFile(join(folder, 'kept', name), 'utf8')),
    )
    expect(JSON.stringify([texts, desktop.logged, desktop.last])).not.toContain(login.password)
  })

  it('tells a wrong password in a sentence, and forgets it', async () => {
    const refused = plan({ password: 'wrong' })
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(refused).rejects.not.toThrow('wrong')
    expect(await desktop.handlers['push.defaults']({})).toMatchObject({ hasPassword: false })
  })

  it('pushes what it can, and tells what it cannot', async () => {
    await truncate(join(home.path, 'stick', 'two.tar'), 10_000)
    const planned = await plan()
    expect(planned.rows).toHaveLength(1)
    expect(planned.failures).toMatchObject([{ name: 'two.tar' }])
    await desktop.handlers['push.start']({ plan: planned.id })
    expect((await ended()).rows).toMatchObject([{ phase: 'there' }, { phase: 'failed' }])
  })
})

describeWith(['dockerd', 'docker'], 'loading', () => {
  let docker: Engine
  beforeAll(async () => {
    docker = await startDocker()
  })
  afterAll(() => docker?.stop())

  const dockerId = async (): Promise<string> => {
    vi.stubEnv('DOCKER_HOST', `unix://${docker.socket}`)
    const { engines } = await desktop.handlers['engines.find']({})
    return engines.find(({ address }) => address.endsWith(docker.socket))?.id ?? ''
  }

  it('plans, loads, notes it, and skips what is there', async () => {
    const { handlers } = desktop
    const engine = await dockerId()
    const planned = await handlers['load.plan']({ grant, ids: await allIds(), engine })
    expect(planned).toMatchObject({ rows: [{ state: 'load' }, { state: 'load' }] })
    expect(planned.keptBytes).toBeGreaterThan(0)
    await handlers['load.start']({ plan: planned.id })
    expect(await ended()).toMatchObject({
      kind: 'load',
      to: planned.engine.name,
      rows: [{ phase: 'done' }, { phase: 'done' }],
    })
    expect(await docker.run('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain(
      'nvcr.io/nvidia/practice:one',
    )
    await vi.waitFor(() =>
      expect(desktop.last['library.changed']?.rows[0]?.records).toMatchObject([
        { what: 'loaded', ok: true, detail: planned.engine.name },
      ]),
    )
    const again = await handlers['load.plan']({ grant, ids: await allIds(), engine })
    expect(again.rows.map(({ state }) => state)).toEqual(['held', 'held'])
    await expect(async () => {
      await handlers['load.start']({ plan: planned.id })
    }).rejects.toMatchObject({ code: 'not-found' })
  })
})

test('where no engine is, it is said what to do', async () => {
  vi.stubEnv('DOCKER_HOST', `unix://${join(home.path, 'nobody.sock')}`)
  const found = await desktop.handlers['engines.find']({})
  expect([...found.problems.map(({ where }) => where), ...found.looked].join(' ')).toContain(
    'nobody.sock',
  )
  await expect(
    (async () =>
      await desktop.handlers['load.plan']({ grant, ids: await allIds(), engine: 'unknown' }))(),
  ).rejects.toMatchObject({ code: 'not-found' })
})

describe('a folder that was not granted', () => {
  it('is neither loaded, pushed nor judged', async () => {
    const { handlers } = desktop
    const stranger = { grant: 'a'.repeat(32), ids: [] }
    const push = { ...stranger, to: 'registry.example', username: '', isInsecureAllowed: false }
    for (const refused of [
      async () => await handlers['load.plan']({ ...stranger, engine: 'docker' }),
      async () => await handlers['push.plan'](push),
      async () => await handlers['library.fitness']({ grant: stranger.grant, id: 'x' }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'denied' })
    }
  })
})

test('a driver that was pasted is judged, and a text that names none is refused', async () => {
  const { handlers } = desktop
  const [id = ''] = await allIds()
  const judge = async (nvidiaSmi: string) =>
    await handlers['library.fitness']({ grant, id, nvidiaSmi })
  expect(
    await judge('| NVIDIA-SMI 470.42.01  Driver Version: 470.42.01  CUDA Version: 11.4 |'),
  ).toMatchObject({
    state: 'judged',
    origin: 'pasted',
    verdict: 'fails',
    why: expect.stringContaining('550.54.14 or later'),
  })
  await expect(judge('nvidia-smi: command not found')).rejects.toMatchObject({ code: 'usage' })
})

test('a plan for a place with a password in its address is refused without repeating it', async () => {
  const refused = (async () =>
    await desktop.handlers['push.plan']({
      grant,
      ids: await allIds(),
      to: 'user:hush@registry.example',
      username: '',
      isInsecureAllowed: false,
    }))()
  await expect(refused).rejects.toMatchObject({ code: 'usage' })
  await expect(refused).rejects.not.toThrow('hush')
  expect(JSON.stringify(await desktop.handlers['push.defaults']({}))).not.toContain('hush')
})

test('with Docker as the source an image of other addresses fails in words, and the registry serves again', async () => {
  const { handlers } = desktop
  await handlers['session.begin']({ as: 'sandbox' })
  await handlers['settings.change']({ source: 'docker' })
  await handlers['selection.add']({ references: ['nvcr.io/nvidia/pytorch:24.05-py3'] })
  const phase = () => desktop.last['transfers.changed']?.rows[0]?.phase
  await handlers['transfers.start']({ plan: (await handlers['plan.make']({ grant })).id })
  await vi.waitFor(() => expect(phase()).toBe('failed'), { timeout: 20_000 })
  expect(desktop.last['transfers.changed']?.rows[0]?.failure).toMatchObject({
    message: expect.stringContaining('Docker pulls from nvcr.io itself'),
  })
  await handlers['settings.change']({ source: 'registry' })
  await handlers['transfers.retry']({ ids: 'all' })
  await vi.waitFor(() => expect(phase()).toBe('done'), { timeout: 20_000 })
})
