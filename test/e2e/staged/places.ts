import type { Place } from '../../../main/api/shapes.ts'

export const stick: Place = {
  grant: 'g-stick',
  label: '/media/operator/KINGSTON',
  drive: {
    name: 'KINGSTON',
    fileSystem: 'FAT32',
    isRemovable: true,
    isNetwork: false,
    isReadOnly: false,
    totalBytes: 256_000_000_000,
    freeBytes: 124_000_000_000,
    largestFileBytes: 4_294_967_295,
  },
}

export const small: Place = {
  grant: 'g-small',
  label: '/media/operator/A drive with a very long label on it',
  drive: {
    name: 'A drive with a very long label on it',
    fileSystem: 'FAT32',
    isRemovable: true,
    isNetwork: false,
    isReadOnly: false,
    totalBytes: 16_000_000_000,
    freeBytes: 12_000_000_000,
    largestFileBytes: 4_294_967_295,
  },
}

export const folder: Place = {
  grant: 'g-folder',
  label: '/home/operator/exports/2024/may/for the far side',
}
