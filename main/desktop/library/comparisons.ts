import { randomUUID } from 'node:crypto'
import type { Handlers } from '../../api/contract.ts'
import { AppError } from '../../api/errors.ts'
import { destinationError } from '../../archive/destination-error.ts'
import { writeFileDurably } from '../../disk/durable.ts'
import { compareImages, missingList, swapped, type Difference } from '../../library/compare.ts'
import { imagesAt, type NamedImage } from '../../library/image-list.ts'
import { printableJson } from '../../printable.ts'
import type { PlacesService } from '../places.ts'
import type { Ports } from '../ports.ts'
import type { SelectionService } from '../selection.ts'

const mostKnown = 4

/** Compares a folder with another, with a list or with the selection; what is missing becomes a selection or a list. */
export function createComparisons(parts: {
  places: PlacesService
  selection: SelectionService
  dialogs: Ports['dialogs']
}): Pick<Handlers, 'library.compare' | 'library.saveMissing' | 'selection.addMissing'> {
  const { places, selection, dialogs } = parts
  const known = new Map<string, readonly Difference[]>()

  const missing = ({ id, isSwapped }: { id: string; isSwapped: boolean }) => {
    const differences = known.get(id)
    if (differences) return missingList(isSwapped ? swapped(differences) : differences)
    throw new AppError('not-found', 'This comparison is not known any more.', {
      hint: 'Compare again.',
    })
  }
  const chosenPath = async (
    wanted: { kind: 'folder'; grant: string } | { kind: 'list' },
  ): Promise<string | undefined> =>
    wanted.kind === 'folder' ? places.pathOf(wanted.grant) : await dialogs.chooseList()

  return {
    async 'library.compare'({ grant, wanted }) {
      const folder = places.pathOf(grant)
      const path = wanted.kind === 'selection' ? undefined : await chosenPath(wanted)
      if (wanted.kind !== 'selection' && path === undefined) return null
      const found = await imagesAt(folder)
      const asked = path === undefined ? selectedImages(selection, found) : await imagesAt(path)
      const differences = compareImages(asked, found)
      const id = randomUUID()
      known.set(id, differences)
      for (const old of [...known.keys()].slice(0, -mostKnown)) known.delete(old)
      return {
        id,
        wanted: path ?? 'the selection',
        found: folder,
        differences: differences.map(shapeOf),
      }
    },
    async 'library.saveMissing'(compared) {
      const list = missing(compared)
      const path = await dialogs.chooseSavePath('missing.json')
      if (path === undefined) return false
      await writeFileDurably(path, `${printableJson(list, 2)}\n`).catch((error: unknown) => {
        throw destinationError(error, path)
      })
      return true
    },
    'selection.addMissing': (compared) => ({
      added: selection.addListed(missing(compared).images),
    }),
  }
}

/** Which platforms an image has is not known before it is planned: of one wanted for all, those that are there will do. */
function selectedImages(selection: SelectionService, found: readonly NamedImage[]): NamedImage[] {
  const { items, platform } = selection.current()
  return items.flatMap(({ reference, platforms = [platform] }) => {
    const there = found.filter((image) => image.reference === reference)
    return platforms.flatMap((each) =>
      each === 'all' && there.length > 0 ? there : [{ reference, platform: each }],
    )
  })
}

type Shape = NonNullable<Awaited<ReturnType<Handlers['library.compare']>>>['differences'][number]

function shapeOf(difference: Difference): Shape {
  switch (difference.kind) {
    case 'missing':
      return { kind: 'missing', wanted: imageOf(difference.wanted) }
    case 'extra':
      return { kind: 'extra', found: imageOf(difference.found) }
    case 'differs': {
      const { wanted, found } = difference
      return { kind: 'differs', wanted: imageOf(wanted), found: imageOf(found) }
    }
    default:
      return difference satisfies never
  }
}

function imageOf({ reference, platform, digest }: NamedImage) {
  return { reference, platform, ...(digest !== undefined && { digest }) }
}
