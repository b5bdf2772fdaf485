import { FailedFace, Loading } from '../../components/face.tsx'
import { useAsked } from '../../components/use-asked.ts'
import { SmallButton } from '../../components/small-button.tsx'
import { EngineList, EngineWords } from '../library/delivery/engine-list.tsx'
import '../library/delivery/delivery.css'

/** Which container engines this machine has, and what to do where one cannot be used. */
export function EnginesSection() {
  const [found, lookAgain] = useAsked('engines.find', {})
  return (
    <section className="card stack" aria-label="Engines" style={{ padding: 16 }}>
      <div className="row">
        <h2>Engines</h2>
        <SmallButton className="push" onClick={lookAgain}>
          Look again
        </SmallButton>
      </div>
      {found.state === 'failed' && <FailedFace failure={found} retry={lookAgain} />}
      {(found.state === 'loading' || found.state === 'idle') && (
        <Loading label="Looking for engines" rows={2} />
      )}
      {found.state === 'ready' && (
        <EngineList found={found.value}>{(engine) => <EngineWords engine={engine} />}</EngineList>
      )}
    </section>
  )
}
