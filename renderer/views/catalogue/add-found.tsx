import { Button } from '@mantine/core'
import { count } from '../../format/count.ts'
import { pick } from '../../stores/picking.ts'

/** The foot of a dialog that finds references: how many they are, and the button that selects them. */
export function AddFound(props: { found: readonly string[]; says: string; close: () => void }) {
  const { found, says, close } = props
  return (
    <>
      <span role="status" className="soft small">
        {says}
      </span>
      <Button
        className="push"
        disabled={found.length === 0}
        onClick={() => {
          pick(found, true)
          close()
        }}
      >
        Add {found.length > 0 ? count(found.length, 'image') : 'images'}
      </Button>
    </>
  )
}
