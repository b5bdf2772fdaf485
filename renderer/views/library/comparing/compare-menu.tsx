import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { Comparison, Place } from '../../../../main/api/shapes.ts'
import type { Input } from '../../../../main/api/contract.ts'
import { placeName } from '../../../format/place.ts'
import { attempt } from '../../../stores/attempt.ts'
import { valueOf } from '../../../stores/mirror.ts'
import { places, selection } from '../../../stores/mirrors.ts'
import { CompareDialog } from './compare-dialog.tsx'

type Wanted = Input<'library.compare'>['wanted']

/** What this library lacks of another, of a list, or of what was picked. */
export function CompareMenu({ place }: { place: Place }) {
  const [compared, setCompared] = useState<Comparison>()
  const known = valueOf(places.use())
  const picked = valueOf(selection.use())?.items.length ?? 0
  const others = [...(known?.drives ?? []), ...(known?.recent ?? [])]
    .filter(({ grant }) => grant !== place.grant)
    .filter((other, at, all) => all.findIndex(({ grant }) => grant === other.grant) === at)
    .slice(0, 8)
  const compare = async (wanted: Wanted) => {
    const comparison = await attempt('library.compare', { grant: place.grant, wanted })
    if (comparison) setCompared(comparison)
  }
  const choose = async () => {
    const chosen = await attempt('places.choose', {})
    if (chosen) await compare({ kind: 'folder', grant: chosen.grant })
  }
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            Compare
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((other) => (
            <Menu.Item
              key={other.grant}
              onClick={() => void compare({ kind: 'folder', grant: other.grant })}
            >
              With {placeName(other)} <span className="soft tiny">{other.label}</span>
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => void choose()}>With another folder …</Menu.Item>
          <Menu.Item onClick={() => void compare({ kind: 'list' })}>With a list …</Menu.Item>
          <Menu.Item disabled={picked === 0} onClick={() => void compare({ kind: 'selection' })}>
            With the selection
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {compared && <CompareDialog comparison={compared} close={() => setCompared(undefined)} />}
    </>
  )
}
