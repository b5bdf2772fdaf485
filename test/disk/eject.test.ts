import { expect, test } from 'vitest'
import type { FoundDrive } from '../../main/disk/drive-list.ts'
import { waysToEject } from '../../main/disk/eject.ts'

const drive = (mountPoint: string, device = '/dev/sdb1'): FoundDrive => ({
  mountPoint,
  device,
  name: 'STICK',
  isRemovable: true,
  isNetwork: false,
  isReadOnly: false,
  totalBytes: 1,
  freeBytes: 1,
})

test('each system has its own way to eject a drive', () => {
  expect(waysToEject('linux', drive('/media/stick'))).toEqual([
    ['udisksctl', 'unmount', '--no-user-interaction', '-b', '/dev/sdb1'],
    ['umount', '--', '/media/stick'],
  ])
  expect(waysToEject('linux', drive('/media/stick', 'fusefat'))[0]).toContain('fusermount')
  expect(waysToEject('darwin', drive('/Volumes/STICK'))).toEqual([
    ['diskutil', 'eject', '/Volumes/STICK'],
  ])
  expect(waysToEject('win32', drive('E:\\'))[0]?.at(-1)).toContain("ParseName('E:')")
})

test('a name that a shell could misread is one argument, and never part of a script', () => {
  const evil = `/media/a'; rm -rf $HOME #`
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    for (const way of waysToEject(platform, drive(evil))) {
      expect(way.filter((word) => word !== evil && word.includes('rm -rf'))).toEqual([])
    }
  }
  expect(waysToEject('win32', drive(evil))).toEqual([])
})
