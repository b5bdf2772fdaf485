import { Button, Popover, TextInput } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { TagRow } from '../../../main/api/shapes.ts'
import { newest, since } from './tag-choice.ts'

/** The usual choices with one click: the newest, the last three, everything since a month. */
export function QuickPick(props: { tags: readonly TagRow[]; pick: (tags: string[]) => void }) {
  const { tags } = props
  const [isOpen, setOpen] = useState(false)
  const [version, setVersion] = useState('')
  const found = version === '' ? [] : since(tags, version)
  const pick = (names: string[]) => {
    props.pick(names)
    setOpen(false)
  }
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          rightSection={<IconChevronDown size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          Quick pick
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Quick pick">
        <div className="stack" style={{ width: 240 }}>
          <Button variant="default" onClick={() => pick(newest(tags, 1))}>
            Newest
          </Button>
          <Button variant="default" onClick={() => pick(newest(tags, 3))}>
            Last 3
          </Button>
          <TextInput
            label="Since"
            description="Tags that begin with a month, YY.MM"
            placeholder="24.01"
            value={version}
            error={
              found === undefined && version.length > 4 ? 'A month is written YY.MM.' : undefined
            }
            onChange={(event) => setVersion(event.currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={found === undefined || found.length === 0}
            onClick={() => pick(found ?? [])}
          >
            Pick {found?.length ?? 0}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
