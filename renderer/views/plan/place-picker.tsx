import { IconFolderOpen } from '@tabler/icons-react'
import type { Place } from '../../../main/api/shapes.ts'
import { PlaceCard } from '../../components/place-card.tsx'
import { attempt } from '../../stores/attempt.ts'
import { valueOf } from '../../stores/mirror.ts'
import { places } from '../../stores/mirrors.ts'
import { makePlan } from '../../stores/plan.ts'

/** Where to: the drives that are attached, folders of late, or any other by the system's dialog. */
export function PlacePicker({
  chosen,
  planBytes,
}: {
  chosen: Place | undefined
  planBytes?: number
}) {
  const known = valueOf(places.use())
  const listed = [...(known?.drives ?? []), ...(known?.recent ?? [])]
  const isListed = chosen !== undefined && listed.some((place) => place.label === chosen.label)
  const freeBytes = chosen?.drive?.freeBytes
  const all = chosen && !isListed ? [chosen, ...listed] : listed
  return (
    <section aria-label="Where to" className="stack">
      <h2>Where to</h2>
      <div className="places">
        {all.map((place) => {
          const isChosen = place.label === chosen?.label
          return (
            <PlaceCard
              key={place.grant}
              place={place}
              isChosen={isChosen}
              {...(isChosen && planBytes !== undefined && { planBytes })}
              choose={() => void makePlan(place)}
            />
          )
        })}
        <button type="button" className="place choose card" onClick={() => void choose()}>
          <IconFolderOpen size={20} stroke={1.5} aria-hidden />
          <span className="strong">Choose a folder …</span>
        </button>
      </div>
      {freeBytes !== undefined && planBytes !== undefined && (
        <p className="legend" aria-hidden="true">
          <span className="used">
            <i />
            used
          </span>
          <span className={planBytes > freeBytes ? 'over' : 'adds'}>
            <i />
            this plan
          </span>
          <span>
            <i />
            free
          </span>
        </p>
      )}
    </section>
  )
}

async function choose(): Promise<void> {
  const place = await attempt('places.choose', {})
  if (place) await makePlan(place)
}
