import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { valueOf } from '../../stores/mirror.ts'
import { settings } from '../../stores/mirrors.ts'
import { theme, variables } from '../../theme.ts'
import { ActionMenu } from '../../components/action-menu.tsx'
import { Shell } from './shell.tsx'

/** The theme around everything: as the settings say, or as the system does. */
export function Frame() {
  const chosen = valueOf(settings.use())?.theme
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      {...(chosen !== undefined && chosen !== 'system' && { forceColorScheme: chosen })}
    >
      <Shell />
      <ActionMenu />
      <Notifications position="bottom-right" limit={3} />
    </MantineProvider>
  )
}
