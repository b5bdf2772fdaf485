import { SegmentedControl } from '@mantine/core'
import type { Settings } from '../../../main/api/shapes.ts'
import { valueOf } from '../../stores/mirror.ts'
import { settings } from '../../stores/mirrors.ts'
import { change } from '../settings/setting.tsx'

const sources = [
  { value: 'registry', label: 'Registry' },
  { value: 'docker', label: 'Docker' },
]

const words: Record<Settings['source'], string> = {
  registry: 'Straight from the registry: published digests, smaller, faster, and resumable.',
  docker:
    'Docker pulls and saves them: layers are unpacked, two to three times the sizes here, and without the published digests. The registry itself needs no Docker.',
}

/** Where images are fetched from, with why one is better. */
export function SourceChoice() {
  const source = valueOf(settings.use())?.source ?? 'registry'
  return (
    <section aria-label="Where from" className="stack">
      <h2>Where from</h2>
      <div className="row">
        <SegmentedControl
          style={{ flex: 'none' }}
          aria-label="Where from"
          data={sources}
          value={source}
          onChange={(value) => void change({ source: value as Settings['source'] })}
        />
        <p className="small soft">{words[source]}</p>
      </div>
    </section>
  )
}
