import { IconDeviceUsb, IconFolder, IconNetwork, IconServer2 } from '@tabler/icons-react'
import type { Drive, Place } from '../../main/api/shapes.ts'
import { formatBytes } from '../format/bytes.ts'
import { placeName } from '../format/place.ts'
import { DriveBar } from './drive-bar.tsx'

/** A folder or drive to choose. */
export function PlaceCard(props: {
  place: Place
  isChosen?: boolean
  planBytes?: number
  choose: () => void
}) {
  const { place, isChosen, planBytes, choose } = props
  const { drive, label } = place
  const Mark = iconOf(place)
  return (
    <button
      type="button"
      className="place card"
      aria-pressed={isChosen ?? undefined}
      title={label}
      onClick={choose}
    >
      <span className="row">
        <Mark size={20} stroke={1.5} aria-hidden />
        <span className="strong cut">{placeName(place)}</span>
      </span>
      <span className="tiny soft cut" dir="auto">
        {label}
      </span>
      {drive && (
        <>
          <DriveBar drive={drive} {...(planBytes !== undefined && { planBytes })} />
          <span className="facts row wrap tiny soft">
            <span>{roomOf(drive)}</span>
            <span className="cut">{factsOf(drive)}</span>
          </span>
        </>
      )}
    </button>
  )
}

function iconOf({ drive }: Place) {
  if (!drive) return IconFolder
  if (drive.isNetwork) return IconNetwork
  return drive.isRemovable ? IconDeviceUsb : IconServer2
}

function roomOf({ freeBytes, totalBytes }: Drive): string {
  if (freeBytes === undefined) return 'free space unknown'
  return `${formatBytes(freeBytes)} free of ${formatBytes(totalBytes)}`
}

function factsOf(drive: Drive): string {
  const facts = [
    drive.fileSystem,
    drive.isRemovable && 'removable',
    drive.isNetwork && 'network',
    drive.isReadOnly && 'read-only',
  ]
  return facts.filter(Boolean).join(' · ')
}
