import { on } from '../replicator.ts'
import { openLibrary } from './library.ts'
import { makePlan } from './plan.ts'
import { show } from './view.ts'

/** Shows what was asked for from outside: the menu, the file manager, a second start. */
export function hearViews(): void {
  on('view.asked', ({ view, place }) => {
    show(view)
    if (place && view === 'library') void openLibrary(place)
    if (place && view === 'plan') void makePlan(place)
  })
}
