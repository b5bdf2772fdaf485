import { useState, type DragEvent, type ReactNode } from 'react'
import './drop-target.css'

/** Takes files and folders that are dropped anywhere on its children; `says` stands over them meanwhile. */
export function DropTarget(props: {
  says: string
  take: (files: File[]) => void
  children: ReactNode
}) {
  const { says, take, children } = props
  const [isOver, setOver] = useState(false)
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    // One that lies within another is meant alone.
    event.stopPropagation()
    setOver(true)
  }
  const leave = (event: DragEvent) => {
    const inside =
      event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)
    if (!inside) setOver(false)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    event.stopPropagation()
    setOver(false)
    take([...event.dataTransfer.files])
  }
  return (
    <div className="drop-target" onDragOver={over} onDragLeave={leave} onDrop={drop}>
      {children}
      {isOver && <div className="dropping">{says}</div>}
    </div>
  )
}
