import type { ReactNode } from 'react'
import type { Input } from '../../../main/api/contract.ts'
import { call } from '../../replicator.ts'
import { sayFailure } from '../../stores/attempt.ts'
import { settings } from '../../stores/mirrors.ts'

/** One line of the settings: what it is, and its control. */
export function Setting(props: {
  title: string
  says?: string
  children: ReactNode
  below?: ReactNode
}) {
  const { title, says, children, below } = props
  return (
    <div className="setting">
      <div>
        <p>{title}</p>
        {says !== undefined && <p className="soft tiny">{says}</p>}
      </div>
      {children}
      {below !== undefined && <div className="below">{below}</div>}
    </div>
  )
}

/** Changes settings; what main made of it is what is shown. */
export async function change(part: Input<'settings.change'>): Promise<void> {
  try {
    settings.set(await call('settings.change', part))
  } catch (error) {
    sayFailure(error)
  }
}
