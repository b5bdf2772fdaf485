import { FailedFace, Loading } from '../../components/face.tsx'
import { settings } from '../../stores/mirrors.ts'
import { AboutSection } from './about-section.tsx'
import { EnginesSection } from './engines-section.tsx'
import { LookSection } from './look-section.tsx'
import { NetworkSection } from './network-section.tsx'
import { SessionSection } from './session-section.tsx'
import { TransferSection } from './transfer-section.tsx'
import './settings.css'

/** All that can be set; every change is kept at once. */
export function Settings() {
  const mirror = settings.use()
  return (
    <div className="view-scroll">
      <div className="page settings">
        <div className="view-head">
          <h1>Settings</h1>
        </div>
        <SessionSection />
        {mirror.state === 'loading' && <Loading label="Loading the settings" />}
        {mirror.state === 'failed' && (
          <FailedFace failure={mirror} retry={() => void settings.start()} />
        )}
        {mirror.state === 'ready' && (
          <>
            <LookSection settings={mirror.value} />
            <TransferSection settings={mirror.value} />
            <NetworkSection settings={mirror.value} />
          </>
        )}
        <EnginesSection />
        <AboutSection {...(mirror.state === 'ready' && { logsFolder: mirror.value.logsFolder })} />
      </div>
    </div>
  )
}
