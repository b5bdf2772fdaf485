import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { TransfersView } from '../../main/api/shapes.ts'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { mountFat, type MountedFat } from '../support/mounted-fat.ts'
import { describeWith } from '../support/parts.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()

describeWith(['fusefat', 'mkfs.fat'], 'a mount point that stays when its drive is gone', () => {
  let home: { path: string; remove: () => void }
  let drive: MountedFat
  let desktop: TestDesktop

  beforeEach(async () => {
    home = temporaryFolder()
    drive = await mountFat(home.path, 64_000_000)
    desktop = await startDesktop({ sandbox, folder: home.path })
  })
  afterEach(async () => {
    await desktop.close()
    await drive.unmount()
    home.remove()
  })

  const rows = (): TransfersView['rows'] =>
    (desktop.handlers['transfers.get']({}) as TransfersView).rows
  const reaches = (phase: string): Promise<void> =>
    vi.waitFor(() => expect(rows()).toMatchObject([{ phase }]), { timeout: 20_000, interval: 20 })

  it('is not filled instead of the drive, which is written to when it is back', async () => {
    const { handlers } = desktop
    sandbox.settings.bytesPerSecond = 400_000
    await handlers['session.begin']({ as: 'sandbox' })
    await handlers['selection.add']({ references: ['nvcr.io/nvidia/pytorch:24.05-py3'] })
    desktop.chosen.folder = drive.mountPoint
    const place = await handlers['places.choose']({})
    const plan = await handlers['plan.make']({ grant: place?.grant ?? '' })
    await handlers['transfers.start']({ plan: plan.id })
    await reaches('downloading')
    await handlers['transfers.pause']({ ids: 'all' })
    await vi.waitFor(async () =>
      expect(await readdir(drive.mountPoint)).not.toContain('.ngc-replicator.lock'),
    )
    await drive.unmount()

    await handlers['transfers.resume']({ ids: 'all' })
    await reaches('failed')
    expect(rows()[0]?.failure).toMatchObject({
      message: `${drive.mountPoint} is not on the drive that this was planned for.`,
      ways: ['retry', 'choose-folder'],
    })
    expect(await readdir(drive.mountPoint)).toEqual([])

    await drive.plugIn()
    Object.assign(sandbox.settings, defaultSettings)
    await handlers['transfers.retry']({ ids: 'all' })
    await reaches('done')
  })
})
