import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { FoundDrive } from './drive-list.ts'
import { largestFileBytes } from './file-system.ts'

/** By PowerShell, of every age that Windows 10 and 11 bring. */
export async function listWindowsDrives(): Promise<FoundDrive[]> {
  const { stdout } = await promisify(execFile)(
    'powershell.exe',
    ['-NoProfile', '-NonInteractive', '-Command', QUESTION],
    { timeout: 20_000, windowsHide: true },
  )
  return parseWindowsDrives(stdout)
}

/** Win32_LogicalDisk also knows network drives; a disk on USB counts as fixed there, which only its bus tells. */
const QUESTION = `
[Console]::OutputEncoding = New-Object Text.UTF8Encoding $false
$partitions = @(Get-Partition -ErrorAction SilentlyContinue | Where-Object { $_.DriveLetter })
$plugged = @(Get-Disk -ErrorAction SilentlyContinue | Where-Object { 'USB','SD','MMC','1394' -contains $_.BusType } | ForEach-Object { $_.Number })
$drives = @(Get-CimInstance Win32_LogicalDisk | ForEach-Object {
  $id = $_.DeviceID
  $partition = $partitions | Where-Object { ($_.DriveLetter + ':') -eq $id } | Select-Object -First 1
  New-Object PSObject -Property @{
    DeviceID = $id; VolumeName = $_.VolumeName; VolumeSerialNumber = $_.VolumeSerialNumber; FileSystem = $_.FileSystem; DriveType = $_.DriveType
    Size = $_.Size; FreeSpace = $_.FreeSpace; ProviderName = $_.ProviderName
    IsReadOnly = [bool] ($partition -and $partition.IsReadOnly)
    IsPlugged = [bool] ($partition -and $plugged -contains $partition.DiskNumber)
  }
})
ConvertTo-Json -Compress -InputObject $drives`

/** Win32_LogicalDisk.DriveType. */
const REMOVABLE = 2
const NETWORK = 4
const COMPACT_DISC = 5

const listing = z.array(
  z.object({
    DeviceID: z.string().regex(/^[A-Z]:$/i),
    VolumeName: z.string().nullish(),
    VolumeSerialNumber: z.string().nullish(),
    FileSystem: z.string().nullish(),
    DriveType: z.number(),
    Size: z.number().nullish(),
    FreeSpace: z.number().nullish(),
    ProviderName: z.string().nullish(),
    IsReadOnly: z.boolean(),
    IsPlugged: z.boolean(),
  }),
)

/** Card readers without a card have no size, and are left out. Throws when the answer is something else. */
export function parseWindowsDrives(json: string): FoundDrive[] {
  return listing.parse(JSON.parse(json)).flatMap((disk) => {
    const { DeviceID, VolumeName, FileSystem, DriveType, Size, FreeSpace, ProviderName } = disk
    if (!Size) return []
    const largest = FileSystem ? largestFileBytes(FileSystem) : undefined
    return [
      {
        mountPoint: `${DeviceID}\\`,
        device: ProviderName || DeviceID,
        ...(disk.VolumeSerialNumber && { id: disk.VolumeSerialNumber }),
        name: VolumeName || DeviceID,
        ...(FileSystem && { fileSystem: FileSystem }),
        isRemovable: DriveType === REMOVABLE || disk.IsPlugged,
        isNetwork: DriveType === NETWORK,
        isReadOnly: disk.IsReadOnly || DriveType === COMPACT_DISC,
        totalBytes: Size,
        ...(typeof FreeSpace === 'number' && { freeBytes: FreeSpace }),
        ...(largest !== undefined && { largestFileBytes: largest }),
      },
    ]
  })
}
