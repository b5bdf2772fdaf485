import { Button, Menu, TextInput } from '@mantine/core'
import {
  IconChevronDown,
  IconFolder,
  IconRefresh,
  IconSearch,
  IconShieldCheck,
  IconX,
} from '@tabler/icons-react'
import type { LibraryRow, LibraryView } from '../../../main/api/shapes.ts'
import { placeName } from '../../format/place.ts'
import { formatBytes } from '../../format/bytes.ts'
import { count } from '../../format/count.ts'
import { attempt, say } from '../../stores/attempt.ts'
import { askDelivery } from '../../stores/delivery-asked.ts'
import { closeLibrary, openLibrary } from '../../stores/library.ts'
import { valueOf } from '../../stores/mirror.ts'
import { delivery } from '../../stores/mirrors.ts'
import { CompareMenu } from './comparing/compare-menu.tsx'
import { searchMark, startMark } from '../shell/shortcuts.ts'
import { SmallButton } from '../../components/small-button.tsx'

const formats = [
  { format: 'html', label: 'HTML page, readable offline' },
  { format: 'csv', label: 'CSV table' },
  { format: 'json', label: 'JSON' },
] as const

/** Which library it is, its sums, and what can be done with all of it. */
export function HoldingsHead(props: {
  view: LibraryView
  typed: string
  type: (text: string) => void
  /** What the buttons are for; everything when nothing is picked. */
  picked: readonly LibraryRow[]
  clear: () => void
}) {
  const { view, typed, type, picked, clear } = props
  const { place, rows, totalBytes, sharedBytes } = view
  const { grant } = place
  const isVerifying = view.verifying !== undefined && view.verifying.length > 0
  const meant = picked.length > 0 ? picked : rows
  const verifiable = meant.filter(({ status }) => status !== 'foreign' && status !== 'partial')
  const whole = meant.filter(({ status }) => status === 'complete').map(({ id }) => id)
  const isDelivering = valueOf(delivery.use())?.state === 'running'
  const many = picked.length > 0 ? String(picked.length) : 'all'
  return (
    <div className="library-head stack">
      <div>
        <div className="row flush-end">
          <h1 className="cut" title={place.label}>
            {placeName(place)}
          </h1>
          {picked.length > 0 && (
            <SmallButton isQuiet className="push" onClick={clear}>
              Clear {picked.length}
            </SmallButton>
          )}
          <SmallButton
            isQuiet
            {...(picked.length === 0 && { className: 'push' })}
            icon={IconRefresh}
            onClick={() => void openLibrary(place)}
          >
            Read again
          </SmallButton>
          <SmallButton
            isQuiet
            icon={IconFolder}
            onClick={() => void attempt('places.show', { grant })}
          >
            Show folder
          </SmallButton>
          <SmallButton isQuiet icon={IconX} onClick={closeLibrary}>
            Close library
          </SmallButton>
        </div>
        <p className="soft small cut" role="status" title={place.label}>
          {picked.length > 0 && `${picked.length} picked of `}
          {count(rows.length, 'image')} · {formatBytes(totalBytes)}
          {sharedBytes > 0 && `, ${formatBytes(sharedBytes)} shared`} · {place.label}
        </p>
      </div>
      <div className="row wrap library-tools">
        <TextInput
          className="search"
          aria-label="Search library"
          placeholder="Search library"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
          {...searchMark}
        />
        <CompareMenu place={place} />
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {formats.map(({ format, label }) => (
              <Menu.Item key={format} onClick={() => void save(grant, format)}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Button
          variant="default"
          disabled={isDelivering || whole.length === 0}
          onClick={() => askDelivery({ kind: 'push', grant, ids: whole })}
        >
          Push {many}
        </Button>
        <Button
          variant="default"
          disabled={isDelivering || whole.length === 0}
          onClick={() => askDelivery({ kind: 'load', grant, ids: whole })}
        >
          Load {many}
        </Button>
        <Button
          disabled={isVerifying || verifiable.length === 0}
          leftSection={<IconShieldCheck size={16} aria-hidden />}
          onClick={() =>
            void attempt('library.verify', { grant, ids: verifiable.map(({ id }) => id) })
          }
          {...startMark}
        >
          Verify {many}
        </Button>
      </div>
    </div>
  )
}

async function save(grant: string, format: 'html' | 'csv' | 'json'): Promise<void> {
  if (await attempt('library.export', { grant, format })) say('The inventory is saved.')
}
