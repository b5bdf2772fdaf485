import { execFile } from 'node:child_process'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { LibraryView, TransfersView } from '../../main/api/shapes.ts'
import { findDrive } from '../../main/disk/drive-list.ts'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { ext4Drive } from '../support/loop-drive.ts'
import { describeWith } from '../support/parts.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()
const run = promisify(execFile)
const size = 64 * 2 ** 20

describeWith(['mkfs.ext4', 'losetup'], 'another drive at the same place', () => {
  let home: ReturnType<typeof temporaryFolder>
  let desktop: TestDesktop
  /** Where now the one drive is mounted, now the other. */
  let place: string

  beforeEach(async () => {
    home = temporaryFolder()
    place = join(home.path, 'stick')
    await mkdir(place)
    desktop = await startDesktop({
      sandbox,
      folder: home.path,
      async drives() {
        const found = await findDrive(place)
        return found?.mountPoint === place ? [found] : []
      },
    })
  })
  afterEach(async () => {
    await desktop.close()
    await run('umount', [place]).catch(() => undefined)
    home.remove()
  })

  const plugIn = async (drive: string): Promise<void> => {
    await run('umount', [place]).catch(() => undefined)
    await run('mount', ['--bind', drive, place])
  }
  const rows = (): TransfersView['rows'] =>
    (desktop.handlers['transfers.get']({}) as TransfersView).rows
  const reach = (...phases: string[]): Promise<void> =>
    vi.waitFor(() => expect(rows().map(({ phase }) => phase)).toEqual(phases), {
      timeout: 20_000,
      interval: 20,
    })
  const plan = async (): Promise<string> => {
    desktop.chosen.folder = place
    const chosen = await desktop.handlers['places.choose']({})
    return (await desktop.handlers['plan.make']({ grant: chosen?.grant ?? '' })).id
  }
  const pause = async (): Promise<void> => {
    await desktop.handlers['transfers.pause']({ ids: 'all' })
    await vi.waitFor(async () => expect(await readdir(place)).not.toContain('.ngc-replicator.lock'))
  }

  /** The first is plugged in, and an image is selected that comes slowly. */
  const twoDrives = async (): Promise<[string, string]> => {
    const drives: [string, string] = [await ext4Drive(size), await ext4Drive(size)]
    await plugIn(drives[0])
    sandbox.settings.bytesPerSecond = 400_000
    await desktop.handlers['session.begin']({ as: 'sandbox' })
    await desktop.handlers['selection.add']({ references: ['nvcr.io/nvidia/pytorch:24.05-py3'] })
    return drives
  }

  it('is not written to nor cleaned up: a transfer goes on when its own is back', async () => {
    const [own, other] = await twoDrives()
    const { handlers } = desktop
    const planned = await plan()
    await handlers['transfers.start']({ plan: planned })
    await reach('downloading')
    await vi.waitFor(() => expect(rows()[0]?.writtenBytes).toBeGreaterThan(100_000))
    await pause()
    // As if the other drive had the same image, half done, too.
    for (const name of await readdir(own))
      await cp(join(own, name), join(other, name), { recursive: true })
    const before = await readdir(other)

    await plugIn(other)
    await expect(handlers['transfers.start']({ plan: planned })).rejects.toThrow(
      'Another drive is at',
    )
    await handlers['transfers.resume']({ ids: 'all' })
    await reach('failed')
    expect(rows()[0]?.failure).toMatchObject({
      message: expect.stringMatching(
        /^Another drive is at .*stick now: LINUX STICK \(.* MB, [\w-]+\)\. This was planned for LINUX STICK /,
      ),
      hint: expect.stringContaining('Put the planned drive back'),
      ways: ['retry', 'choose-folder'],
    })
    await handlers['transfers.cancel']({ ids: 'all', remove: true })
    expect(await readdir(other)).toEqual(before)

    await plugIn(own)
    Object.assign(sandbox.settings, defaultSettings)
    await handlers['transfers.retry']({ ids: [rows()[0]?.id ?? ''] })
    await reach('done')
    expect(await readdir(other)).toEqual(before)
  }, 60_000)

  it('can be saved to as well: it is other work than that of the first', async () => {
    const [, other] = await twoDrives()
    const { handlers } = desktop
    await handlers['transfers.start']({ plan: await plan() })
    await reach('downloading')
    await pause()
    await plugIn(other)
    Object.assign(sandbox.settings, defaultSettings)
    await handlers['transfers.start']({ plan: await plan() })
    await reach('paused', 'done')
  }, 60_000)

  it('is what its library shows', async () => {
    const [own, other] = [await ext4Drive(size), await ext4Drive(size)]
    const { handlers, places } = desktop
    await plugIn(own)
    await places.refresh()
    await handlers['session.begin']({ as: 'sandbox' })
    await handlers['selection.add']({ references: ['nvcr.io/nvidia/pytorch:24.05-py3'] })
    await handlers['transfers.start']({ plan: await plan() })
    await reach('done')
    const { grant } = places.placeOf(place)
    expect((await handlers['library.open']({ grant })).rows).toHaveLength(1)
    await plugIn(other)
    await places.refresh()
    const shown = (): LibraryView | undefined => desktop.last['library.changed']
    await vi.waitFor(() => expect(shown()?.rows).toEqual([]))
    expect(shown()?.place.grant).toBe(grant)
  }, 60_000)
})
