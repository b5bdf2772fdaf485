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
        <ul className="shortcuts soft small">
          {shortcuts.map(({ keys, does }) => (
            <li key={does}>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
              {does}
            </li>
          ))}
        </ul>
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

const shortcuts = [
  { keys: ['Ctrl', '1–4'], does: 'views' },
  { keys: ['Ctrl', 'F'], does: 'search' },
  { keys: ['Ctrl', 'Enter'], does: 'go on' },
  { keys: ['Space'], does: 'pause' },
  { keys: ['Shift', 'F10'], does: 'menu of a row' },
]
