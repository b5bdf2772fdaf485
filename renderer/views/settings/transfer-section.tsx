import { Select } from '@mantine/core'
import type { Settings } from '../../../main/api/shapes.ts'
import { LateNumber } from './late-text.tsx'
import { change, Setting } from './setting.tsx'

const million = 1_000_000
const choices = [
  { value: 'removable', label: 'removable drives' },
  { value: 'always', label: 'always' },
  { value: 'never', label: 'never' },
]

/** How transfers run. */
export function TransferSection({ settings }: { settings: Settings }) {
  const { jobs, connections, limitBytesPerSecond, maxFileSizeBytes, verifyAfterWrite } = settings
  return (
    <section className="card" aria-label="Transfers">
      <Setting title="Images at once" says="1 to 16">
        <LateNumber
          label="Images at once"
          value={jobs}
          min={1}
          max={16}
          set={(value) => value !== null && void change({ jobs: Math.round(value) })}
        />
      </Setting>
      <Setting title="Connections" says="1 to 64, over all images">
        <LateNumber
          label="Connections"
          value={connections}
          min={1}
          max={64}
          set={(value) => value !== null && void change({ connections: Math.round(value) })}
        />
      </Setting>
      <Setting title="Speed limit" says="Megabytes a second; empty for none">
        <LateNumber
          label="Speed limit in MB/s"
          placeholder="none"
          value={limitBytesPerSecond === undefined ? undefined : limitBytesPerSecond / million}
          min={0.001}
          set={(value) =>
            void change({
              limitBytesPerSecond: value === null ? null : Math.round(value * million),
            })
          }
        />
      </Setting>
      <Setting
        title="Largest file"
        says="Megabytes; larger tarballs are written in parts. Empty: what the drive allows"
      >
        <LateNumber
          label="Largest file in MB"
          placeholder="what the drive allows"
          value={maxFileSizeBytes === undefined ? undefined : maxFileSizeBytes / million}
          min={1}
          max={1_000_000_000}
          set={(value) =>
            void change({ maxFileSizeBytes: value === null ? null : Math.round(value * million) })
          }
        />
      </Setting>
      <Setting
        title="Read back after writing"
        says="Proves what is on the medium, not what was sent to it"
      >
        <Select
          aria-label="Read back after writing"
          data={choices}
          value={verifyAfterWrite}
          allowDeselect={false}
          onChange={(value) =>
            value !== null &&
            void change({ verifyAfterWrite: value as Settings['verifyAfterWrite'] })
          }
        />
      </Setting>
    </section>
  )
}
