import { SegmentedControl, Select, TagsInput } from '@mantine/core'
import type { Platform, Settings, Theme } from '../../../main/api/shapes.ts'
import { platforms } from '../catalogue/tray.tsx'
import { change, Setting } from './setting.tsx'

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

/** The theme, and what the catalogue shows. */
export function LookSection({ settings }: { settings: Settings }) {
  return (
    <section className="card" aria-label="Catalogue and theme">
      <Setting title="Theme">
        <SegmentedControl
          aria-label="Theme"
          data={themes}
          value={settings.theme}
          onChange={(theme) => void change({ theme: theme as Theme })}
        />
      </Setting>
      <Setting title="Projects" says="Orgs and namespaces that the catalogue lists">
        <TagsInput
          aria-label="Projects"
          value={settings.projects}
          onChange={(projects) => projects.length > 0 && void change({ projects })}
        />
      </Setting>
      <Setting title="Platform" says="For new selections">
        <Select
          aria-label="Default platform"
          data={platforms}
          value={settings.platform}
          allowDeselect={false}
          onChange={(platform) =>
            platform !== null && void change({ platform: platform as Platform })
          }
        />
      </Setting>
    </section>
  )
}
