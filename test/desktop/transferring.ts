import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { PlanView, TransfersView } from '../../main/api/shapes.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { sandboxForTests } from '../support/sandbox.ts'

export const image = 'nvcr.io/nvidia/pytorch:24.05-py3'
export const other = 'nvcr.io/nvidia/pytorch:24.04-py3'

/** What the tests of transfers in one file work with: desktops on a sandbox, and a folder that stands for the stick. */
export async function startTransferring() {
  const sandbox = await sandboxForTests()
  const { path: home, remove } = temporaryFolder()
  const stick = join(home, 'stick')
  const started: TestDesktop[] = []
  beforeEach(() => mkdir(stick, { recursive: true }))
  afterEach(async () => {
    await Promise.all(started.splice(0).map((desktop) => desktop.close()))
    remove()
  })

  /** A later one finds what an earlier one kept. */
  async function start(): Promise<TestDesktop> {
    const desktop = await startDesktop({ sandbox, folder: home })
    started.push(desktop)
    return desktop
  }

  /** Practises, has these selected, and chooses the stick in the dialog. */
  async function planned(references: string[]): Promise<TestDesktop> {
    const desktop = await start()
    await desktop.handlers['session.begin']({ as: 'sandbox' })
    await desktop.handlers['selection.add']({ references })
    desktop.chosen.folder = stick
    return desktop
  }

  async function begin(references: string[]): Promise<TestDesktop> {
    const desktop = await planned(references)
    await desktop.handlers['transfers.start']({ plan: (await plan(desktop)).id })
    return desktop
  }

  /** Partial files and their journals. */
  async function unfinished(): Promise<string[]> {
    return (await readdir(stick)).filter((name) => /\.(?:partial|journal)$/.test(name))
  }

  /** SHA-256 of each by its name. */
  async function tarballs(): Promise<Record<string, string>> {
    const names = (await readdir(stick)).filter((name) => name.endsWith('.tar'))
    const sums = await Promise.all(
      names.map(async (name) => [name, sha256(await readFile(join(stick, name)))] as const),
    )
    return Object.fromEntries(sums)
  }

  return { sandbox, home, stick, start, planned, begin, unfinished, tarballs }
}

export async function plan({ handlers }: TestDesktop): Promise<PlanView> {
  const place = await handlers['places.choose']({})
  return await handlers['plan.make']({ grant: place?.grant ?? '' })
}

export const view = (desktop: TestDesktop): TransfersView =>
  desktop.handlers['transfers.get']({}) as TransfersView

export const phases = (desktop: TestDesktop): string[] =>
  view(desktop).rows.map(({ phase }) => phase)

export const reaches = (desktop: TestDesktop, wanted: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(phases(desktop)).toEqual(wanted), { timeout: 20_000, interval: 20 })

/** Some of the first image is written, and not all of it. */
export const isUnderWay = (desktop: TestDesktop): Promise<void> =>
  vi.waitFor(() => expect(view(desktop).rows[0]?.writtenBytes).toBeGreaterThan(300_000), {
    timeout: 20_000,
    interval: 10,
  })

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')
