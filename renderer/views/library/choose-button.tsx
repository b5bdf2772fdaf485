import { Button } from '@mantine/core'
import { IconFolderOpen } from '@tabler/icons-react'
import { attempt } from '../../stores/attempt.ts'
import { openLibrary } from '../../stores/library.ts'

export function ChooseButton({ variant }: { variant?: 'default' }) {
  return (
    <Button
      {...(variant && { variant })}
      leftSection={<IconFolderOpen size={16} aria-hidden />}
      onClick={() => void chooseLibrary()}
    >
      Open a folder
    </Button>
  )
}

/** Asks for a folder and opens it. */
async function chooseLibrary(): Promise<void> {
  const place = await attempt('places.choose', {})
  if (place) await openLibrary(place)
}
