import { ActionIcon, Button, Popover } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { attempt } from '../../stores/attempt.ts'
import { count } from '../../format/count.ts'

/** What was fetched may stay, to go on with another time: so it asks once, beside the button. */
export function CancelButton(props: {
  ids: 'all' | string[]
  number: number
  name?: string
  /** Where something else may ask too, whether it asks is kept there. */
  asking?: [boolean, (isAsking: boolean) => void]
}) {
  const { ids, number, name } = props
  const own = useState(false)
  const [isAsking, setAsking] = props.asking ?? own
  const ask = () => setAsking(!isAsking)
  const cancel = (remove: boolean) => {
    setAsking(false)
    void attempt('transfers.cancel', { ids, remove })
  }
  return (
    <Popover
      opened={isAsking}
      onChange={setAsking}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        {name === undefined ? (
          <Button variant="default" onClick={ask}>
            Cancel all
          </Button>
        ) : (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Cancel ${name}`}
            onClick={ask}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )}
      </Popover.Target>
      <Popover.Dropdown aria-label="Cancel">
        <div className="stack" style={{ maxWidth: 328 }}>
          <p>
            Cancel {name ?? count(number, 'transfer')}? What was fetched can stay on the drive, to
            go on with another time.
          </p>
          <div className="row wrap" style={{ justifyContent: 'flex-end' }}>
            <Button color="red" variant="light" onClick={() => cancel(true)}>
              Cancel and remove it
            </Button>
            <Button variant="default" onClick={() => cancel(false)}>
              Cancel {number === 1 ? 'transfer' : 'transfers'}
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
