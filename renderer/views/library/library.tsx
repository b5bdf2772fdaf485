import { Button } from '@mantine/core'
import { DropTarget } from '../../components/drop-target.tsx'
import { FailedFace, Loading } from '../../components/face.tsx'
import { attempt } from '../../stores/attempt.ts'
import { closeLibrary, openLibrary, useLibrary } from '../../stores/library.ts'
import { Holdings } from './holdings.tsx'
import { OpenLibrary } from './open-library.tsx'
import './library.css'
import './delivery/delivery.css'

/** What a folder or drive holds; it needs no network. */
export function Library() {
  return (
    <DropTarget says="Drop to open it as a library" take={(files) => void open(files)}>
      <Shown />
    </DropTarget>
  )
}

/** A folder, or that of a tarball. */
async function open(files: File[]): Promise<void> {
  const [place] = (await attempt('places.drop', files)) ?? []
  if (place) await openLibrary(place)
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
        <div className="page">
          <div className="view-head">
            <h1>Library</h1>
          </div>
          <p className="soft cut">Reading {library.place.label} …</p>
          <Loading label="Reading the library" />
        </div>
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
