import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, launch, test } from './application.ts'
import { expectToHaveStayed, isVisible, resize, startAgain, startBare } from './window.ts'

test.describe('the window', () => {
  test('shows, and tells how soon', async ({ userData }) => {
    const bareMs = await startBare()
    const { electron, page, startMs } = await launch(userData)
    await expect.poll(() => isVisible(electron)).toBe(true)
    await expect(page).toHaveTitle('NGC Replicator')
    await electron.close()
    process.stdout.write(`    readable after ${startMs} ms, a bare one after ${bareMs} ms\n`)
  })

  test('says what it is, and how to go on', async ({ page }) => {
    await expect(page.getByRole('banner')).toContainText('NGC Replicator')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Pick images/)
    await page.getByRole('button', { name: 'Settings' }).click()
    await expect(page.getByRole('region', { name: 'About' })).toContainText(
      /Version \d+\.\d+\.\d+.*Electron \d+/,
    )
    await page.getByRole('button', { name: 'Catalogue' }).click()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is drawn in ${colorScheme}, large and small`, async ({ application, page }) => {
      await page.emulateMedia({ colorScheme })
      await resize(application.electron, 1280, 800)
      await page.screenshot({ path: `test-results/shell-${colorScheme}.png` })
      await resize(application.electron, 800, 600)
      await page.screenshot({ path: `test-results/shell-${colorScheme}-800x600.png` })
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    })
  }

  test('is reached again by starting a second time, which then ends', async ({ own }) => {
    await own.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    await startAgain(own)
    await expect.poll(() => isVisible(own.electron)).toBe(true)
    expect(own.electron.windows()).toHaveLength(1)
  })

  test('opens where it was', async ({ userData }) => {
    const first = await launch(userData)
    await resize(first.electron, 900, 700)
    await first.electron.close()
    const second = await launch(userData)
    const size = await second.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getSize(),
    )
    await second.electron.close()
    expect(size).toEqual([900, 700])
  })

  test('says so and starts all the same when its saved place is damaged', async ({ userData }) => {
    await writeFile(join(userData, 'window.json'), '{"version":1,"width":')
    const { electron, page } = await launch(userData)
    await expect(page.getByRole('list', { name: 'Notices' })).toContainText('begins anew')
    await page.screenshot({ path: 'test-results/shell-notice.png' })
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect(page.getByRole('button', { name: 'Dismiss' })).toHaveCount(0)
    await electron.close()
    const aside = expect.stringMatching(/^window\.damaged-\d{14}\.json$/) as unknown
    expect(await readdir(userData)).toContainEqual(aside)
    expect(await readFile(join(userData, 'logs', 'desktop.log'), 'utf8')).toContain('set aside')
  })

  test('is drawn again when its process dies', async ({ own }) => {
    const text = await own.electron.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (!contents) return 'no window'
      const drawn = new Promise<void>((resolve) => {
        contents.once('did-finish-load', () => resolve())
      })
      contents.forcefullyCrashRenderer()
      await drawn
      return await contents.executeJavaScript(`new Promise((resolve) => {
        const look = () => document.querySelector('li button')
          ? resolve(document.body.innerText)
          : requestAnimationFrame(look)
        look()
      })`)
    })
    expect(text).toContain('drawn anew')
  })
})

test.describe('the preload', () => {
  test('is one small file that requires nothing but electron', async () => {
    const code = await readFile('out/preload/index.cjs', 'utf8')
    expect(Buffer.byteLength(code)).toBeLessThan(5000)
    expect(code.match(/require\([^)]*\)/g)).toEqual(['require("electron")'])
  })
})

test.describe('the page', () => {
  test('reaches main by two functions, and nothing of Node', async ({ page }) => {
    const found = await page.evaluate(() => ({
      bridge: Object.entries(window.replicator).map(([name, value]) => [name, typeof value]),
      globals: ['process', 'require', 'module', 'Buffer', 'global', 'ipcRenderer'].filter(
        (name) => name in window,
      ),
    }))
    expect(found.bridge).toEqual([
      ['call', 'function'],
      ['listen', 'function'],
    ])
    expect(found.globals).toEqual([])
  })

  test('runs no script but its own files', async ({ page }) => {
    const found = await page.evaluate(async () => {
      const response = await fetch('app://replicator/index.html')
      const inline = document.createElement('script')
      inline.textContent = 'window.name = "inline"'
      document.head.append(inline)
      const handler = document.createElement('div')
      handler.innerHTML = '<img src="data:," onerror="window.name = \'handler\'">'
      document.body.append(handler)
      await new Promise((resolve) => {
        handler.firstElementChild?.addEventListener('error', resolve)
      })
      const evaluate = Reflect.get(window, 'eval') as (text: string) => unknown
      let evaluated: unknown
      try {
        evaluated = evaluate('1 + 1')
      } catch (error) {
        evaluated = error instanceof Error ? error.name : error
      }
      inline.remove()
      handler.remove()
      return {
        policy: response.headers.get('content-security-policy'),
        sniff: response.headers.get('x-content-type-options'),
        name: window.name,
        evaluated,
      }
    })
    expect(found.policy).toContain("default-src 'none'")
    expect(found.policy).toContain("script-src 'self';")
    expect(found.sniff).toBe('nosniff')
    expect(found.name).toBe('')
    expect(found.evaluated).toBe('EvalError')
  })

  test('is served its own files alone', async ({ page }) => {
    const statuses = await page.evaluate(
      async (paths) =>
        await Promise.all(
          paths.map(async (path) => (await fetch(`app://replicator/${path}`)).status),
        ),
      [
        'index.html',
        '../../package.json',
        '..%2f..%2fpackage.json',
        '..%5c..%5cpackage.json',
        '%2e%2e/main/index.js',
        'assets/',
      ],
    )
    expect(statuses).toEqual([200, 404, 404, 404, 404, 404])
  })

  test('fetches nothing from elsewhere', async ({ page }) => {
    const fetched = await page.evaluate(
      async (addresses) =>
        await Promise.all(
          addresses.map(
            async (address) =>
              await fetch(address, { mode: 'no-cors' }).then(
                () => 'fetched',
                () => 'refused',
              ),
          ),
        ),
      ['https://github.com/', 'http://127.0.0.1:9/', 'file:///etc/hostname', 'app://other/'],
    )
    expect(fetched).toEqual(['refused', 'refused', 'refused', 'refused'])
  })

  test('goes nowhere and opens nothing', async ({ own }) => {
    const opened = await own.page.evaluate(async () => {
      const frame = document.createElement('iframe')
      frame.src = 'https://example.com/'
      document.body.append(frame)
      await new Promise((resolve) => {
        frame.addEventListener('load', resolve)
      })
      window.location.href = 'https://example.com/'
      window.location.href = 'file:///etc/hostname'
      window.location.href = 'app://replicator/assets/'
      const form = document.createElement('form')
      form.action = 'https://example.com/'
      document.body.append(form)
      form.submit()
      return window.open('https://example.com/')
    })
    expect(opened).toBeNull()
    await expectToHaveStayed(own.electron)
  })

  test('is granted nothing', async ({ page }) => {
    const found = await page.evaluate(async () => ({
      notification: await Notification.requestPermission(),
      location: (await navigator.permissions.query({ name: 'geolocation' })).state,
      clipboard: await navigator.clipboard.readText().then(
        () => 'granted',
        (error: Error) => error.name,
      ),
      webview: 'getWebContentsId' in document.createElement('webview'),
    }))
    expect(found).toEqual({
      notification: 'denied',
      location: 'denied',
      clipboard: 'NotAllowedError',
      webview: false,
    })
  })
})

test.describe('a call', () => {
  test('is answered', async ({ page }) => {
    const envelope = await page.evaluate(async () => await window.replicator.call('app.about', {}))
    const about = expect.objectContaining({ version: '0.1.0', runtime: 'development' }) as unknown
    expect(envelope).toEqual({ ok: true, value: about })
  })

  test('is refused when unknown, misshapen or oversized', async ({ page }) => {
    const envelopes = await page.evaluate(async () => {
      const { call } = window.replicator
      return await Promise.all([
        call('app.format', {}),
        call('constructor', {}),
        call('app.about', { more: 1 }),
        call('notices.dismiss', { id: 7 }),
        call('notices.dismiss', { id: 'x'.repeat(2_000_000) }),
        call('notices.dismiss', { id: new ArrayBuffer(8) }),
      ])
    })
    expect(envelopes.map((envelope) => (envelope.ok ? 'ok' : envelope.error.code))).toEqual(
      Array.from({ length: 6 }, () => 'usage'),
    )
  })

  test('that names a folder nobody granted is refused', async ({ page }) => {
    const envelopes = await page.evaluate(async () => {
      const { call } = window.replicator
      const grants = ['/etc', '../../etc', 'f'.repeat(32)]
      return await Promise.all(
        grants.flatMap((grant) => [call('library.open', { grant }), call('plan.make', { grant })]),
      )
    })
    expect(envelopes.map((envelope) => (envelope.ok ? 'ok' : envelope.error.code))).toEqual(
      Array.from({ length: 6 }, () => 'denied'),
    )
  })

  test('cannot be made by a frame, which has no bridge', async ({ page }) => {
    const found = await page.evaluate(() => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const names = Object.keys(frame.contentWindow ?? {})
      frame.remove()
      return names
    })
    expect(found).not.toContain('replicator')
  })

  test('from another window is refused', async ({ application }) => {
    const envelope = await application.electron.evaluate(async ({ BrowserWindow, app }) => {
      const preload = `${app.getAppPath()}/out/preload/index.cjs`
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
      await other.loadURL('app://replicator/index.html')
      const answered: unknown = await other.webContents.executeJavaScript(
        `window.replicator.call('app.about', {})`,
      )
      other.destroy()
      return answered
    })
    expect(envelope).toMatchObject({ ok: false, error: { code: 'denied' } })
  })
})
