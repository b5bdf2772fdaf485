import { ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { askActions, type Action } from '../stores/actions.ts'

/** What a right click gives, for those who look for a button. */
export function MoreButton(props: {
  title: string
  actions: () => readonly Action[]
  size?: 'md' | 'lg'
}) {
  const { title, actions, size = 'md' } = props
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={size}
      aria-label={`More for ${title}`}
      title="More"
      aria-haspopup="menu"
      onClick={(event) => askActions(title, actions(), event.currentTarget)}
    >
      <IconDots size={16} aria-hidden />
    </ActionIcon>
  )
}
