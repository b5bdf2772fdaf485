import { expect, test } from 'vitest'
import { output } from '../support/engines.ts'
import { describeWith } from '../support/parts.ts'
import { packageFile } from './packages.ts'

describeWith(['rpm'], 'the rpm', () => {
  test('brings the command, the desktop entry and a sandbox that works', async () => {
    const listed = await output('rpm', ['-qlvp', await packageFile('rpm')])
    expect(listed).toMatch(/^lrwx.* \/usr\/bin\/ngc-replicator -> /m)
    expect(listed).toMatch(
      /^-rwsr-xr-x.* root +root .*\/usr\/lib\/ngc-replicator\/chrome-sandbox$/m,
    )
    expect(listed).toContain('/usr/share/man/man1/ngc-replicator.1.gz')
    expect(listed).toContain('/usr/share/applications/ngc-replicator.desktop')
    expect(listed).toContain('/usr/share/icons/hicolor/scalable/apps/ngc-replicator.svg')
  })

  test('asks for libraries by names that all distributions share', async () => {
    const required = await output('rpm', ['-qpR', await packageFile('rpm')])
    expect(required).toContain('libX11-xcb.so.1()(64bit)')
    expect(required).not.toContain('kde')
  })
})
