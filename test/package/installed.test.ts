import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../support/parts.ts'
import { createCleanSystem, type CleanSystem } from './clean-system.ts'
import { openInstalled, type InstalledWindow } from './installed-window.ts'
import { packageFile } from './packages.ts'

const program = '/usr/lib/ngc-replicator/ngc-replicator-bin'
const stick = '/home/exporter/stick'

/** In the order in which they stand: a package's life from installing to purging, on one system. */
describeWith(['debootstrap', 'Xvfb'], 'the deb on a clean Debian', () => {
  let system: CleanSystem
  let window: InstalledWindow

  beforeAll(async () => {
    system = await createCleanSystem()
  })
  afterAll(async () => {
    window?.process.kill('SIGKILL')
    await system?.remove()
  })

  test('installs with all it needs', async () => {
    const deb = await packageFile('deb')
    const begun = performance.now()
    await system.take(deb, '/tmp/package.deb')
    const fetched = await system.run('root', ['apt-get', 'update', '-q'])
    expect(fetched, fetched.stderr).toMatchObject({ code: 0 })
    const installed = await system.run('root', [
      'apt-get',
      'install',
      '-y',
      '-q',
      '--no-install-recommends',
      '/tmp/package.deb',
    ])
    expect(installed, installed.stderr).toMatchObject({ code: 0 })
    say(`installed in ${seconds(begun)} with what it depends on`)
    const page = ['-c', 'gzip -dc /usr/share/man/man1/ngc-replicator.1.gz']
    expect((await system.run('exporter', ['sh', ...page])).stdout).toContain('.SH EXIT STATUS')
    const helper = await stat(join(system.root, 'usr/lib/ngc-replicator/chrome-sandbox'))
    expect(helper.mode & 0o7777).toBe(0o4755)
  })

  test('works as a command for a user and for root, with no display', async () => {
    for (const user of ['exporter', 'root'] as const) {
      const version = await system.run(user, ['ngc-replicator', '--version'])
      expect(version).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
        stderr: '',
      })
    }
    const misused = await system.run('exporter', ['ngc-replicator', '--no-such-option'])
    expect(misused).toMatchObject({ code: 2, stdout: '' })
  })

  test('opens a window whose pages are in a sandbox', async () => {
    window = await openInstalled(system, program)
    say(`${window.startMs} ms from the start to a window with content`)
    const running = await processes()
    expect(running.filter(({ command }) => command.includes('--no-sandbox'))).toEqual([])
    const pages = running.filter(({ command }) => command.includes('--type=renderer'))
    expect(pages.length).toBeGreaterThan(0)
    for (const { status } of pages) {
      // 2: system calls are filtered, proc_pid_status(5).
      expect(status).toMatch(/^Seccomp:\t2$/m)
      expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    }
  })

  test('shows the folder that its command is given in the window that is open', async () => {
    await system.run('exporter', ['mkdir', '-p', stick])
    const again = system.start('exporter', ['ngc-replicator', stick], {
      DISPLAY: process.env['DISPLAY'],
    })
    await window.page.getByText(stick).first().waitFor()
    again.kill()
  })

  test('carries an image over by clicks, and proves it', async () => {
    const { page } = window
    const begun = performance.now()
    let clicks = 0
    const click = async (target: Locator): Promise<void> => {
      clicks += 1
      await target.click()
    }
    await click(page.getByRole('navigation').getByRole('button', { name: 'Catalogue' }))
    await click(page.getByRole('button', { name: 'Use the sample catalogue' }))
    await click(
      page
        .getByRole('listbox', { name: 'Repositories' })
        .getByRole('option', { name: /pytorch/i })
        .first(),
    )
    await click(page.getByRole('listbox', { name: 'Tags' }).getByRole('option').first())
    await click(page.getByRole('button', { name: 'Review plan' }))
    await click(page.getByRole('button', { name: stick }))
    await click(page.getByRole('button', { name: /^Start/ }))
    await page
      .getByText(/^(Safe to unplug|Safely written)$/)
      .first()
      .waitFor()
    await click(page.getByRole('button', { name: 'Open in library' }))
    await click(page.getByRole('button', { name: 'Verify all' }))
    await page.getByRole('listbox', { name: 'Images' }).getByRole('option').first().click()
    await page.getByRole('complementary', { name: 'Image' }).getByText('intact').first().waitFor()
    say(`${clicks} clicks and ${seconds(begun)} to the first verified tarball`)
    await page.screenshot({ path: 'test-results/installed.png' })
    const files = await readdir(join(system.root, stick))
    expect(files.filter((name) => name.endsWith('.tar'))).toHaveLength(1)
  })

  test('puts itself on the drive when that is ticked', async () => {
    const { page } = window
    await page.getByRole('navigation').getByRole('button', { name: 'Catalogue' }).click()
    await page.getByRole('button', { name: 'Review plan' }).click()
    await page.getByRole('button', { name: stick }).click()
    await page.getByLabel(/^Put the app on the drive/).click()
    await page.getByText('The images are there already.').waitFor()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText('It is there already.').waitFor()
    const carried = await readdir(join(system.root, stick, 'app'))
    expect(carried).toContainEqual(expect.stringMatching(/^ngc-replicator-.*-linux-x64\.tar$/))
  })

  test('quits with its window', async () => {
    expect(await window.close()).toBe(0)
  })

  test('verifies what the window wrote, by its command', async () => {
    const verified = await system.run('exporter', ['ngc-replicator', 'verify', stick])
    expect(verified, verified.stderr).toMatchObject({ code: 0, stderr: '' })
  })

  test('goes without a trace but the settings and the history of its user', async () => {
    const purged = await system.run('root', ['apt-get', 'purge', '-y', '-q', 'ngc-replicator'])
    expect(purged, purged.stderr).toMatchObject({ code: 0 })
    const settings = '/home/exporter/.config/ngc-replicator'
    const history = '/home/exporter/.local/state/ngc-replicator'
    const { stdout } = await system.run('root', [
      'sh',
      '-c',
      `find / -xdev -iname '*ngc*replicator*' | grep -v -e ^${stick}/ -e ^${settings}/ -e ^${history}/`,
    ])
    expect(stdout.split('\n').filter(Boolean).toSorted()).toEqual([settings, history])
  })
})

/** All processes of the installed application, by its path: the sandboxed ones are in a process list of their own. */
async function processes(): Promise<{ command: string; status: string }[]> {
  const found: { command: string; status: string }[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
    if (command.startsWith(program)) found.push({ command: command.replaceAll('\0', ' '), status })
  }
  return found
}

function seconds(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`
}

/** For whoever reads the log of CI: nothing is asserted of times. */
function say(line: string): void {
  process.stderr.write(`  installed: ${line}\n`)
}
