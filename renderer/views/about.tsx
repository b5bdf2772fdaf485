import { useEffect, useState } from 'react'
import type { About as Facts } from '../../main/api/contract.ts'
import { call } from '../replicator.ts'

/** The foot of the rail: what runs. */
export function About() {
  const [facts, setFacts] = useState<Facts>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    call('app.about', {}).then(setFacts, (error: Error) => setFailure(error.message))
  }, [])

  if (failure !== undefined) return <p className="about">{failure}</p>
  if (!facts) return <p className="about" aria-busy="true" />
  return (
    <p className="about">
      Version {facts.version}
      {facts.runtime === 'development' && ', from source'}
      <br />
      Electron {facts.electron}
      <br />
      Node {facts.node}
      <br />
      {facts.platform}
    </p>
  )
}
