import { Button } from '@mantine/core'
import { IconCircleCheckFilled } from '@tabler/icons-react'
import type { Place } from '../../../main/api/shapes.ts'
import { placeName } from '../../format/place.ts'
import { attempt } from '../../stores/attempt.ts'
import { openLibrary } from '../../stores/library.ts'
import { show } from '../../stores/view.ts'

/** Said only when every byte is on the medium. */
export function Safe({ place, canEject }: { place: Place; canEject: boolean }) {
  const name = placeName(place)
  return (
    <section className="safe card" aria-label={`${name} is safe`} role="status">
      <IconCircleCheckFilled size={32} className="good" aria-hidden />
      <div className="cut">
        <h2>{place.drive?.isRemovable === false ? 'Safely written' : 'Safe to unplug'}</h2>
        <p className="soft small cut" title={place.label}>
          {name}: every transfer is done and on the medium
        </p>
      </div>
      <div className="row wrap push" style={{ justifyContent: 'flex-end', flexShrink: 0 }}>
        <Button
          variant="default"
          onClick={() => {
            show('library')
            void openLibrary(place)
          }}
        >
          Open in library
        </Button>
        {canEject && (
          <Button onClick={() => void attempt('places.eject', { grant: place.grant })}>
            Eject
          </Button>
        )}
      </div>
    </section>
  )
}
