import { ActionIcon, Button, Popover } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { attempt } from '../../stores/attempt.ts'
import { count } from '../../format/count.ts'

/** Cancelling throws away what was fetched, so it asks once, beside the button. */
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
        <div className="stack" style={{ maxWidth: 280 }}>
          <p>
            Cancel {name ?? count(number, 'transfer')}? What was fetched of{' '}
            {number === 1 ? 'it' : 'them'} is removed.
          </p>
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep
            </Button>
            <Button
              color="red"
              variant="light"
              onClick={() => {
                setAsking(false)
                void attempt('transfers.cancel', { ids })
              }}
            >
              Cancel {number === 1 ? 'transfer' : 'transfers'}
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
