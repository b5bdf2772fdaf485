import { Button } from '@mantine/core'
import { FailedFace, Loading } from '../../components/face.tsx'
import { closeLibrary, openLibrary, useLibrary } from '../../stores/library.ts'
import { DropTarget } from './drop-target.tsx'
import { Holdings } from './holdings.tsx'
import { OpenLibrary } from './open-library.tsx'
import './library.css'
import './delivery/delivery.css'

/** What a folder or drive holds; it needs no network. */
export function Library() {
  return (
    <DropTarget>
      <Shown />
    </DropTarget>
  )
}

function Shown() {
  const library = useLibrary()
  if (library.state === 'none') return <OpenLibrary />
  if (library.state === 'ready') {
    return <Holdings key={library.place.grant} view={library.view} />
  }
  if (library.state === 'opening')
    return (
      <div className="view-scroll">
        <h1>Library</h1>
        <p className="soft cut">Reading {library.place.label} …</p>
        <Loading label="Reading the library" />
      </div>
    )
  return (
    <>
      <h1 className="hidden">Library</h1>
      <FailedFace
        failure={library}
        retry={() => void openLibrary(library.place)}
        ways={
          <Button variant="default" onClick={closeLibrary}>
            Open another
          </Button>
        }
      />
    </>
  )
}
