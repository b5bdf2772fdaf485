import { useState, type DragEvent, type ReactNode } from 'react'
import { call } from '../../replicator.ts'
import { sayFailure } from '../../stores/attempt.ts'
import { openLibrary } from '../../stores/library.ts'

/** Opens a folder or the folder of a tarball that is dropped anywhere on the view. */
export function DropTarget({ children }: { children: ReactNode }) {
  const [isOver, setOver] = useState(false)
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }
  const leave = (event: DragEvent) => {
    const inside =
      event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)
    if (!inside) setOver(false)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void open([...event.dataTransfer.files])
  }
  return (
    <div style={{ height: '100%' }} onDragOver={over} onDragLeave={leave} onDrop={drop}>
      {children}
      {isOver && <div className="dropping">Drop to open it as a library</div>}
    </div>
  )
}

async function open(files: File[]): Promise<void> {
  try {
    const [place] = await call('places.drop', files)
    if (place) await openLibrary(place)
  } catch (error) {
    sayFailure(error)
  }
}
