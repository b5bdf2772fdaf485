import { partsOf } from '../format/reference.ts'

/** An image as lists name it: the tag is what differs from row to row. */
export function ReferenceName({ reference }: { reference: string }) {
  const { path, tag } = partsOf(reference)
  return (
    <>
      {path} <span className="strong">{tag}</span>
    </>
  )
}
