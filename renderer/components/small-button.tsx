import { Button, type ButtonProps, type ElementProps } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'

type Props = ButtonProps & ElementProps<'button', keyof ButtonProps>

/** A button beside what it is about; quiet where it is not the likely next step. */
export function SmallButton(props: Props & { icon?: Icon; isQuiet?: boolean }) {
  const { icon: Mark, isQuiet = false, ...rest } = props
  return (
    <Button
      {...(isQuiet ? { variant: 'subtle', color: 'gray' } : { variant: 'default' })}
      size="compact-sm"
      leftSection={Mark && <Mark size={16} aria-hidden />}
      {...rest}
    />
  )
}
