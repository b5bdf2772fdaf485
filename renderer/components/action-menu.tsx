import { Menu } from '@mantine/core'
import { closeActions, useActions } from '../stores/actions.ts'

/** The menu of what can be done with one row, wherever it was asked for. */
export function ActionMenu() {
  const { asked } = useActions()
  if (!asked) return null
  const { title, actions, x, y } = asked
  return (
    <Menu
      key={`${x} ${y} ${title}`}
      opened
      onClose={closeActions}
      position="bottom-start"
      offset={2}
      shadow="md"
      width={248}
      // The very key that asked for it would count as a click outside.
      clickOutsideEvents={['mousedown', 'touchstart']}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <button
          type="button"
          className="action-anchor"
          tabIndex={-1}
          aria-label={`Actions for ${title}`}
          style={{ left: x, top: y }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={`Actions for ${title}`}>
        <Menu.Label className="cut">{title}</Menu.Label>
        {actions.map(({ label, icon: Mark, act, isDisabled = false, isApart = false }) => [
          isApart && <Menu.Divider key={`${label} line`} />,
          <Menu.Item
            key={label}
            disabled={isDisabled}
            leftSection={Mark ? <Mark size={16} stroke={1.5} aria-hidden /> : <span />}
            onClick={act}
          >
            {label}
          </Menu.Item>,
        ])}
      </Menu.Dropdown>
    </Menu>
  )
}
