import { describe, expect, it } from 'vitest'
import { isSameDrive, type DriveIdentity } from '../../main/disk/drive-identity.ts'

const stick: DriveIdentity = {
  mountPoint: '/media/ada/STICK',
  id: 'A1B2-C3D4',
  name: 'STICK',
  isRemovable: true,
  totalBytes: 31_000_000_000,
}
const { id: _, ...unnamed } = stick

describe('a drive that is met again', () => {
  it.each([
    ['by its id, whatever its label became', stick, { ...stick, name: 'NEW LABEL' }],
    ['by label and size where the system tells no id', unnamed, stick],
    [
      'as a disk that is not pulled out, whose size may change',
      { ...unnamed, isRemovable: false },
      { ...unnamed, isRemovable: false, totalBytes: 1 },
    ],
  ])('is known %s', (_name, before, now) => {
    expect(isSameDrive(before, now)).toBe(true)
  })

  it.each([
    ['its id is another', stick, { ...stick, id: 'FFFF-0000' }],
    ['its size is another', unnamed, { ...unnamed, totalBytes: 62_000_000_000 }],
    ['its label is another', unnamed, { ...stick, name: 'OTHER' }],
    ['it is mounted elsewhere', stick, { ...stick, mountPoint: '/mnt' }],
  ])('is another when %s', (_name, before, now) => {
    expect(isSameDrive(before, now)).toBe(false)
  })
})
