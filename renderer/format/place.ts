import type { Place } from '../../main/api/shapes.ts'

/** What a place is called: its drive's name where it is the whole of a drive, else its folder's. */
export function placeName({ label, drive }: Place): string {
  const folder = label.split(/[\\/]/).findLast((piece) => piece !== '') ?? label
  return drive?.isRemovable ? drive.name : folder
}
