import { Button } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useAsked } from '../../components/use-asked.ts'
import { attempt } from '../../stores/attempt.ts'
import { Setting } from './setting.tsx'

const Licences = lazy(async () => ({ default: (await import('./licences.tsx')).Licences }))

/** What runs, where its logs are, and the keys that work everywhere. */
export function AboutSection({ logsFolder }: { logsFolder?: string }) {
  const [about] = useAsked('app.about', {})
  const [showsLicences, setShowsLicences] = useState(false)
  return (
    <section className="card" aria-label="About">
      <Setting title="Logs" {...(logsFolder !== undefined && { says: logsFolder })}>
        <div className="plain">
          <Button variant="default" onClick={() => void attempt('settings.showLogs', {})}>
            Show logs
          </Button>
        </div>
      </Setting>
      <Setting title="Shortcuts" says="Cmd in place of Ctrl on a Mac">
        <p className="soft small">
          <kbd>Ctrl</kbd> <kbd>1</kbd>–<kbd>4</kbd> views · <kbd>Ctrl</kbd> <kbd>F</kbd> search ·{' '}
          <kbd>Ctrl</kbd> <kbd>Enter</kbd> go on · <kbd>Space</kbd> pause · <kbd>Shift</kbd>{' '}
          <kbd>F10</kbd> menu of a row
        </p>
      </Setting>
      <Setting
        title="Third-party licences"
        says="Of the packages that this application is made with; Electron brings its own along"
      >
        <div className="plain">
          <Button variant="default" onClick={() => setShowsLicences(true)}>
            Show licences
          </Button>
        </div>
      </Setting>
      {showsLicences && (
        <Suspense>
          <Licences close={() => setShowsLicences(false)} />
        </Suspense>
      )}
      <Setting title="About" says="BSD 3-Clause licence. Not a product of NVIDIA.">
        <p className="soft small selectable">
          {about.state === 'failed' && about.message}
          {about.state === 'ready' && (
            <>
              Version {about.value.version}
              {about.value.runtime === 'development' && ', from source'}
              <br />
              Electron {about.value.electron}, Chromium {about.value.chromium}
              <br />
              Node {about.value.node}, {about.value.platform}
            </>
          )}
        </p>
      </Setting>
    </section>
  )
}
