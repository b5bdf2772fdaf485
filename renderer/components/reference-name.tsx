import { partsOf } from '../format/reference.ts'

/** An image as lists name it: the tag is what differs from row to row, so a long path is cut before it is. */
export function ReferenceName({ reference }: { reference: string }) {
  const { path, tag } = partsOf(reference)
  return (
    <span className="reference">
      <span className="cut">{path}</span> <span className="cut strong">{tag}</span>
    </span>
  )
}
