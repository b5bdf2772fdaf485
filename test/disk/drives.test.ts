import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { inspectDestination } from '../../main/disk/destination.ts'
import { driveOf, findDrive, listDrives } from '../../main/disk/drive-list.ts'
import { isNetworkFileSystem, parseMountInfo, parseMounts } from '../../main/disk/file-system.ts'
import { isRemovable, parseBlkid, parseUdev, readDevice } from '../../main/disk/linux-device.ts'
import { isForPeople, trueFileSystem } from '../../main/disk/linux-drives.ts'
import { macMountsForPeople, parseDiskutil, parseMacMounts } from '../../main/disk/mac-drives.ts'
import { parseWindowsDrives } from '../../main/disk/windows-drives.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import { exfatDrive, ext4Drive, ntfsDrive } from '../support/loop-drive.ts'
import { describeWith } from '../support/parts.ts'

/** In the shapes that the systems print and people report; names, numbers and sizes are made up. */
const recorded = {
  mountinfo: String.raw`28 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro
25 28 0:24 / /proc rw,nosuid,nodev,noexec,relatime shared:14 - proc proc rw
31 28 0:28 / /run rw,nosuid,nodev,noexec,relatime shared:5 - tmpfs tmpfs rw,size=3257428k,mode=755
102 28 259:1 / /boot/efi rw,relatime shared:31 - vfat /dev/nvme0n1p1 rw,fmask=0077,dmask=0077
388 31 0:55 / /run/user/1000/gvfs rw,nosuid,nodev,relatime shared:611 - fuse.gvfsd-fuse gvfsd-fuse rw
402 28 7:1 / /snap/core22/1122 ro,nodev,relatime shared:35 - squashfs /dev/loop1 ro
511 28 8:1 / /media/ada/STICK\0401 rw,nosuid,nodev,relatime shared:640 - vfat /dev/sda1 rw,uid=1000,utf8
523 28 8:17 / /media/ada/Backup rw,nosuid,nodev,relatime shared:655 - fuseblk /dev/sdb1 rw,user_id=0,allow_other
540 28 0:61 / /mnt/team rw,relatime shared:690 - nfs4 nas:/export/team rw,vers=4.2
551 28 8:33 / /media/ada/CARD rw,nosuid,nodev,relatime shared:700 - exfat /dev/sdc1 ro,uid=1000
32 25 0:34 / /proc/sys/fs/binfmt_misc rw,relatime shared:12 - autofs systemd-1 rw,fd=29,pgrp=1,timeout=0,direct
560 28 0:63 / /mnt/archive rw,relatime shared:710 - autofs systemd-1 rw,fd=50,pgrp=1,timeout=600,direct
561 560 0:64 / /mnt/archive ro,relatime shared:711 - cifs //nas/long\040term rw,vers=3.1.1,username=ada
570 28 0:65 / /tmp/.mount_ngcreEjfME ro,nosuid,nodev,relatime shared:720 - fuse.ngc-replicator.AppImage ngc-replicator.AppImage ro,user_id=1000
571 31 0:66 / /run/user/1000/doc rw,nosuid,nodev,relatime shared:721 - fuse.portal portal rw,user_id=1000
572 28 0:67 / /home/ada/.local/share/containers/storage/overlay/1f/merged rw,nodev,noatime - fuse.fuse-overlayfs fuse-overlayfs rw
573 28 0:68 / /var/lib/docker/overlay2/2e/merged rw,relatime - overlay overlay rw,lowerdir=/l:/m,upperdir=/u,workdir=/w
574 28 0:69 /@home /home rw,relatime shared:3 - btrfs /dev/nvme0n1p3 rw,compress=zstd:3,ssd,subvol=/@home
580 28 0:70 / /run/media/ada/DATA\134A rw,nosuid,nodev,relatime shared:730 master:4 - ntfs3 /dev/sdd1 rw,uid=1000
590 28 0:71 / /home/ada/far rw,nosuid,nodev,relatime shared:740 - fuse.sshfs ada@far:/srv rw,user_id=1000
`,
  udev: String.raw`S:disk/by-uuid/B721-09FD
S:disk/by-label/MY\x20STICK
S:disk/by-diskseq/629
I:68841791823
E:ID_FS_LABEL=MY_STICK
E:ID_FS_LABEL_ENC=MY\x20STICK\x1b
E:ID_FS_UUID=B721-09FD
E:ID_FS_UUID_ENC=B721-09FD
E:ID_FS_VERSION=FAT16
E:ID_FS_TYPE=vfat
E:ID_FS_USAGE=filesystem
G:systemd
Q:systemd
V:1
`,
  macMounts: `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
/dev/disk4s1 on /Volumes/MY STICK (1) (msdos, local, nodev, nosuid, noowners, noasync)
/dev/disk5s2 on /Volumes/Backup (exfat, local, nodev, nosuid, read-only, noowners, noatime, fskit)
msdos://disk6s1/RED CARD on /Volumes/RED CARD (lifs, local, nodev, nosuid, noowners, noatime)
//ada@nas._smb._tcp.local/team on /Volumes/team (smbfs, nodev, nosuid, mounted by ada)
`,
  diskutil: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>APFSPhysicalStores</key>
	<array>
		<dict>
			<key>APFSPhysicalStore</key>
			<string>disk4s2</string>
		</dict>
	</array>
	<key>BusProtocol</key>
	<string>USB</string>
	<key>DeviceNode</key>
	<string>/dev/disk4s1</string>
	<key>Ejectable</key>
	<true/>
	<key>EjectableOnly</key>
	<false/>
	<key>FilesystemName</key>
	<string>MS-DOS FAT32</string>
	<key>FilesystemType</key>
	<string>msdos</string>
	<key>Internal</key>
	<false/>
	<key>MediaName</key>
	<string></string>
	<key>MountPoint</key>
	<string>/Volumes/MY STICK</string>
	<key>Removable</key>
	<false/>
	<key>RemovableMedia</key>
	<false/>
	<key>RemovableMediaOrExternalDevice</key>
	<true/>
	<key>SMARTDeviceSpecificKeysMayVaryNotGuaranteed</key>
	<dict/>
	<key>TotalSize</key>
	<integer>31037849600</integer>
	<key>VolumeName</key>
	<string>A &amp; B</string>
	<key>VolumeUUID</key>
	<string>9C0D1A2B-0000-3000-8000-0123456789AB</string>
	<key>WritableMedia</key>
	<true/>
	<key>WritableVolume</key>
	<false/>
</dict>
</plist>
`,
  windows: String.raw`[{"DeviceID":"C:","VolumeName":"Windows","FileSystem":"NTFS","DriveType":3,"Size":510983663616,"FreeSpace":201863462912,"ProviderName":null,"IsReadOnly":false,"IsPlugged":false},
{"DeviceID":"D:","VolumeName":null,"FileSystem":null,"DriveType":2,"Size":null,"FreeSpace":null,"ProviderName":null,"IsReadOnly":false,"IsPlugged":false},
{"DeviceID":"E:","VolumeName":"STICK","VolumeSerialNumber":"1C2D3E4F","FileSystem":"FAT32","DriveType":2,"Size":31024349184,"FreeSpace":31024300032,"ProviderName":null,"IsReadOnly":true,"IsPlugged":true},
{"DeviceID":"F:","VolumeName":"","FileSystem":"exFAT","DriveType":3,"Size":2000362143744,"FreeSpace":1500000000000,"ProviderName":null,"IsReadOnly":false,"IsPlugged":true},
{"DeviceID":"T:","VolumeName":"\u00c9quipe","FileSystem":"NTFS","DriveType":4,"Size":8000000000000,"FreeSpace":1000000000000,"ProviderName":"\\\\nas\\team","IsReadOnly":false,"IsPlugged":false}]`,
}

describe('Linux', () => {
  it('has these mounts for people, and leaves out what it mounts for itself', () => {
    const offered = parseMounts(recorded.mountinfo).filter(isForPeople)
    expect(offered.map(({ mountPoint, isReadOnly }) => `${mountPoint} ${isReadOnly}`)).toEqual([
      '/ false',
      '/media/ada/STICK 1 false',
      '/media/ada/Backup false',
      '/mnt/team false',
      '/media/ada/CARD true',
      '/mnt/archive true',
      '/run/media/ada/DATA\\A false',
      '/home/ada/far false',
    ])
    const archive = parseMountInfo(recorded.mountinfo, '/mnt/archive/2024')!
    expect(archive).toMatchObject({ fileSystem: 'cifs', source: '//nas/long term' })
    expect(['nfs4', archive.fileSystem, 'fuse.sshfs', 'ntfs3'].map(isNetworkFileSystem)).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it('knows the true file system behind FUSE, the label, and what can be pulled out', () => {
    const mount = parseMountInfo(recorded.mountinfo, '/media/ada/Backup/images')!
    expect(trueFileSystem(mount, { fileSystem: 'ntfs', isRemovable: true })).toBe('ntfs')
    expect(trueFileSystem(mount)).toBe('fuseblk')
    const stick = { label: String.raw`MY STICK\x1b`, id: 'B721-09FD', fileSystem: 'vfat' }
    expect(parseUdev(recorded.udev)).toEqual(stick)
    const forging = 'E:ID_FS_LABEL_ENC=x\u2028E:ID_FS_TYPE=vfat\nE:ID_FS_TYPE=ntfs\n'
    expect(parseUdev(forging)).toMatchObject({ fileSystem: 'ntfs' })
    expect(parseUdev('')).toEqual({})
    const blkid = 'DEVNAME=/dev/loop0\nLABEL=MY\\ STICK\nUUID=58E7\nTYPE=exfat\n'
    expect(parseBlkid(blkid)).toEqual({ id: '58E7', label: 'MY STICK', fileSystem: 'exfat' })
    expect(parseBlkid('')).toEqual({})
  })

  it('tells what can be pulled out: by its flag, its bus, or what it lies on', async () => {
    const sys = await temporaryFolder()
    const device = async (path: string, removable?: string): Promise<string> => {
      const folder = join(sys, path)
      await mkdir(folder, { recursive: true })
      if (removable !== undefined) await writeFile(join(folder, 'removable'), `${removable}\n`)
      return folder
    }
    const inner = await device('pci0000:00/ata1/block/sda', '0')
    const card = await device('pci0000:00/ata2/block/sdb', '1')
    const plugged = await device('pci0000:00/usb2/2-1/block/sdc', '0')
    expect(await isRemovable(await device('pci0000:00/ata1/block/sda/sda1'))).toBe(false)
    expect(await isRemovable(await device('pci0000:00/ata2/block/sdb/sdb1'))).toBe(true)
    expect(await isRemovable(await device('pci0000:00/usb2/2-1/block/sdc/sdc1'))).toBe(true)
    const inSlot = await device('pci0000:00/mmc_host/mmc0/mmc0:aaaa', 'removable')
    expect(await isRemovable(await device(join(relative(sys, inSlot), 'block/mmcblk0')))).toBe(true)
    const soldered = await device('pci0000:00/mmc_host/mmc1/mmc1:0001', 'fixed')
    expect(await isRemovable(await device(join(relative(sys, soldered), 'block/mmcblk1')))).toBe(
      false,
    )
    const outside = await device('pci0000:00/0000:02:00.0', 'removable')
    expect(
      await isRemovable(await device(join(relative(sys, outside), 'nvme/nvme1/nvme1n1'))),
    ).toBe(true)
    const encrypted = async (name: string, below: string): Promise<string> => {
      const folder = await device(`virtual/block/${name}`, '0')
      await mkdir(join(folder, 'slaves'))
      await symlink(below, join(folder, 'slaves', basename(below)))
      return folder
    }
    expect(await isRemovable(await encrypted('dm-0', inner))).toBe(false)
    expect(await isRemovable(await encrypted('dm-1', card))).toBe(true)
    expect(await isRemovable(await encrypted('dm-2', plugged))).toBe(true)
  })
})

describeWith(['lsblk'], 'the disks of this machine', () => {
  it('are known as lsblk knows them', async () => {
    const columns = 'PATH,LABEL,UUID,FSTYPE'
    // Loop devices come and go with other tests.
    const { stdout } = await promisify(execFile)('lsblk', ['-J', '-l', '-e7', '-o', columns])
    const { blockdevices } = JSON.parse(stdout) as {
      blockdevices: Record<string, string | null>[]
    }
    for (const { path, label, uuid, fstype } of blockdevices) {
      expect(await readDevice(String(path))).toMatchObject({
        ...(fstype && { fileSystem: fstype, ...(label && { label }), ...(uuid && { id: uuid }) }),
      })
    }
  })
})

describe('macOS', () => {
  it('tells file system, network and write protection of each mount', () => {
    const mounts = parseMacMounts(recorded.macMounts)
    expect(mounts).toHaveLength(8)
    expect(macMountsForPeople(mounts)).toMatchObject([
      { mountPoint: '/', fileSystem: 'apfs', isReadOnly: false, isNetwork: false },
      { mountPoint: '/Volumes/MY STICK (1)', fileSystem: 'msdos', isReadOnly: false },
      { mountPoint: '/Volumes/Backup', fileSystem: 'exfat', isReadOnly: true, isNetwork: false },
      { mountPoint: '/Volumes/RED CARD', fileSystem: 'msdos', isReadOnly: false, isNetwork: false },
      { mountPoint: '/Volumes/team', fileSystem: 'smbfs', isReadOnly: false, isNetwork: true },
    ])
    expect(parseMacMounts('nonsense\n')).toEqual([])
  })

  it('takes the sealed system and the volume that is written to for one drive', () => {
    const [sealed, data] = parseMacMounts(
      '/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n' +
        '/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect, root data)\n',
    )
    expect(macMountsForPeople([sealed!, data!])).toEqual([{ ...sealed!, isReadOnly: false }])
    expect(macMountsForPeople([sealed!])).toEqual([sealed])
  })

  it('tells the label, and whether a volume can be pulled out', () => {
    expect(parseDiskutil(recorded.diskutil)).toEqual({
      id: '9C0D1A2B-0000-3000-8000-0123456789AB',
      label: 'A & B',
      isRemovable: true,
    })
    expect(parseDiskutil('')).toEqual({ isRemovable: false })
  })
})

describe('Windows', () => {
  const drives = parseWindowsDrives(recorded.windows)

  it('tells all of it of each letter, and leaves out empty card readers', () => {
    expect(drives).toMatchObject([
      { mountPoint: 'C:\\', name: 'Windows', isRemovable: false, isNetwork: false },
      {
        mountPoint: 'E:\\',
        id: '1C2D3E4F',
        name: 'STICK',
        fileSystem: 'FAT32',
        isRemovable: true,
        isReadOnly: true,
        largestFileBytes: 2 ** 32 - 1,
        freeBytes: 31_024_300_032,
      },
      { mountPoint: 'F:\\', name: 'F:', fileSystem: 'exFAT', isRemovable: true },
      { mountPoint: 'T:\\', name: 'Équipe', device: '\\\\nas\\team', isNetwork: true },
    ])
    expect(() => parseWindowsDrives('{}')).toThrow()
  })

  it('finds the drive of a path, whatever the case of its letter', () => {
    expect(driveOf(drives, 'E:\\')?.name).toBe('STICK')
    expect(driveOf(drives, 'e:\\images\\new')?.name).toBe('STICK')
    expect(driveOf(drives, 'G:\\images')).toBeUndefined()
  })
})

describeWith(['mkfs.ext4', 'losetup'], 'a real ext4', () => {
  it('is known, with its label, as one that holds files of any size', async () => {
    const folder = await ext4Drive(16 * 2 ** 20)
    const found = await inspectDestination(join(folder, 'to be made'))
    expect(found).toMatchObject({
      isWritable: true,
      fileSystem: 'ext4',
      drive: { mountPoint: folder, name: 'LINUX STICK', isNetwork: false, isReadOnly: false },
    })
    expect(found.largestFileBytes).toBeUndefined()
  })
})

describeWith(['mkfs.exfat', 'mount.exfat-fuse', 'losetup'], 'a real exFAT', () => {
  it('is known by its true name behind FUSE', async () => {
    const folder = await exfatDrive(16 * 2 ** 20)
    expect(await findDrive(folder)).toMatchObject({ fileSystem: 'exfat', name: 'EXSTICK' })
    expect((await listDrives()).map(({ mountPoint }) => mountPoint)).toContain(folder)
  })
})

describeWith(['mkfs.ntfs', 'ntfs-3g', 'losetup'], 'a real NTFS', () => {
  it('is known by its true name behind FUSE', async () => {
    const folder = await ntfsDrive(16 * 2 ** 20)
    expect(await findDrive(folder)).toMatchObject({ fileSystem: 'ntfs', name: 'NTSTICK' })
  })
})

describeWith(['fusefat', 'mkfs.fat'], 'a real FAT', () => {
  it('is known as one that holds no large files', async () => {
    const folder = await fatDrive(16 * 2 ** 20)
    expect(await inspectDestination(folder)).toMatchObject({
      fileSystem: 'fuse.fusefat',
      largestFileBytes: 2 ** 31 - 1,
    })
  })

  it('that does not tell its size is not taken for a full one', async () => {
    const folder = await fatDrive(16 * 2 ** 20, 32)
    const drive = await findDrive(folder)
    expect(drive).toMatchObject({ totalBytes: 0 })
    expect(drive).not.toHaveProperty('freeBytes')
    expect(await inspectDestination(folder)).toMatchObject({ freeBytes: Number.POSITIVE_INFINITY })
  })
})
