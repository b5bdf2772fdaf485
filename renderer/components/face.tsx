import { Button } from '@mantine/core'
import { IconAlertCircle, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Failed } from '../stores/failure.ts'

/** What stands where a list would, while it has nothing: why, and what to do. */
export function Empty(props: {
  icon?: Icon
  title: string
  children?: ReactNode
  ways?: ReactNode
}) {
  const { icon: Mark, title, children, ways } = props
  return (
    <div className="face">
      {Mark && <Mark size={32} stroke={1.5} aria-hidden />}
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {ways !== undefined && <div className="row">{ways}</div>}
    </div>
  )
}

/** A list that could not be had, with the way back. */
export function FailedFace(props: { failure: Failed; retry?: () => void; ways?: ReactNode }) {
  const { failure, retry, ways } = props
  return (
    <div className="face" role="alert">
      <IconAlertCircle size={32} stroke={1.5} className="bad" aria-hidden />
      <h2>{failure.message}</h2>
      {failure.hint !== undefined && <p>{failure.hint}</p>}
      <div className="row">
        {retry && (
          <Button variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        {ways}
      </div>
    </div>
  )
}

/** Lines that breathe where rows will be. */
export function Loading({ label, rows = 8 }: { label: string; rows?: number }) {
  const widths = Array.from({ length: rows }, (_, index) => `${40 + ((index * 37) % 50)}%`)
  return (
    <div role="status" aria-label={label} className="busy">
      {widths.map((width, index) => (
        <div key={`${index}-${width}`} className="busy-line" style={{ width }} />
      ))}
    </div>
  )
}
