import { ActionIcon, Button, Popover, Select } from '@mantine/core'
import { IconChevronUp, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Platform, Selection } from '../../../main/api/shapes.ts'
import { ReferenceName } from '../../components/reference-name.tsx'
import { formatBytes } from '../../format/bytes.ts'
import { count } from '../../format/count.ts'
import { shortName } from '../../format/reference.ts'
import { attempt } from '../../stores/attempt.ts'
import { valueOf } from '../../stores/mirror.ts'
import { selection } from '../../stores/mirrors.ts'
import { pick } from '../../stores/picking.ts'
import { show } from '../../stores/view.ts'
import { startMark } from '../shell/shortcuts.ts'
import './tray.css'

export const platforms = [
  { value: 'linux/amd64', label: 'linux/amd64' },
  { value: 'linux/arm64', label: 'linux/arm64' },
  { value: 'all', label: 'all platforms' },
]

/** What was picked, always at the foot of the catalogue. */
export function Tray() {
  const picked = valueOf(selection.use())
  const items = picked?.items ?? []
  return (
    <section className="action-bar" aria-label="Selection">
      {picked && items.length > 0 ? (
        <Items selection={picked} />
      ) : (
        <span className="soft">Nothing picked yet</span>
      )}
      <span role="status" className="soft cut small">
        {picked && items.length > 0 && bytesOf(picked)}
      </span>
      <Select
        className="push"
        w={148}
        aria-label="Platform"
        data={platforms}
        value={picked?.platform ?? 'linux/amd64'}
        allowDeselect={false}
        onChange={(platform) =>
          platform !== null &&
          void attempt('selection.setPlatform', { platform: platform as Platform })
        }
      />
      <Button disabled={items.length === 0} onClick={() => show('plan')} {...startMark}>
        Review plan
      </Button>
    </section>
  )
}

function bytesOf({ items, fetchBytes, sharedBytes }: Selection): string {
  const failed = items.filter(({ state }) => state === 'failed').length
  const parts = [
    fetchBytes !== undefined
      ? formatBytes(fetchBytes)
      : items.some(({ state }) => state === 'measuring') && 'measuring …',
    sharedBytes !== undefined && sharedBytes > 0 && `${formatBytes(sharedBytes)} shared`,
    failed > 0 && `${failed} could not be measured`,
  ]
  return parts.filter(Boolean).join(', ')
}

function Items({ selection: { items } }: { selection: Selection }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="top-start"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          rightSection={<IconChevronUp size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {count(items.length, 'image')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Picked images">
        <div className="stack tray-items">
          <ul aria-label="Picked images" tabIndex={0}>
            {items.slice(0, 500).map(({ reference, platforms: own, state, failure }) => (
              <li key={reference}>
                <div className="cut">
                  <p className="cut" title={reference}>
                    <ReferenceName reference={reference} />
                    {own && <span className="soft tiny"> {own.join(', ')}</span>}
                  </p>
                  {state === 'failed' && (
                    <p className="tiny look">{failure ?? 'Could not be measured.'}</p>
                  )}
                </div>
                <ActionIcon
                  className="push"
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${shortName(reference)}`}
                  onClick={() => pick([reference], false)}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
          {items.length > 500 && <p className="soft tiny">and {items.length - 500} more</p>}
          <Button variant="default" onClick={() => void attempt('selection.clear', {})}>
            Clear selection
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
