import { Button } from '@mantine/core'
import { IconFolders } from '@tabler/icons-react'
import { PlaceCard } from '../../components/place-card.tsx'
import { openLibrary } from '../../stores/library.ts'
import { valueOf } from '../../stores/mirror.ts'
import { places } from '../../stores/mirrors.ts'
import { show } from '../../stores/view.ts'
import { ChooseButton } from './choose-button.tsx'

/** Before a library is open: how one comes about, and the ways to one. */
export function OpenLibrary() {
  const known = valueOf(places.use())
  const listed = [...(known?.recent ?? []), ...(known?.drives ?? [])]
  return (
    <div className="view-scroll">
      <div className="page">
        <div className="view-head">
          <h1>Library</h1>
        </div>
        <section className="card face" style={{ height: 'auto' }}>
          <IconFolders size={32} stroke={1.5} aria-hidden />
          <h2>Open a folder or drive that holds images</h2>
          <p>
            A library is a folder that transfers were written to: one tarball for each image. Open
            it here to see what it holds, to verify every byte, and to load it. No network is
            needed.
          </p>
          <div className="row">
            <ChooseButton />
            <Button variant="default" onClick={() => show('catalogue')}>
              Make one from the catalogue
            </Button>
          </div>
        </section>
        {listed.length > 0 && (
          <section className="stack" aria-label="Recent folders and drives">
            <h2>Recent folders and drives</h2>
            <div className="places">
              {listed.map((place) => (
                <PlaceCard key={place.grant} place={place} choose={() => void openLibrary(place)} />
              ))}
            </div>
          </section>
        )}
      </div>
    </div>
  )
}
