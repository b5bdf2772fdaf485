import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Finding } from '../../main/api/shapes.ts'

const faces = {
  blocks: { icon: IconCircleX, tone: 'bad', word: 'Blocks' },
  look: { icon: IconAlertTriangle, tone: 'look', word: 'Look' },
  note: { icon: IconInfoCircle, tone: 'soft', word: 'Note' },
} as const

/** One thing to know, with its severity as an icon that has a name. */
export function Message(
  props: Omit<Finding, 'hint'> & { hint?: string | undefined; children?: ReactNode },
) {
  const { severity, message, hint, children } = props
  const { icon: Mark, tone, word } = faces[severity]
  return (
    <div className={`message is-${tone}`}>
      <Mark size={20} stroke={1.75} className={tone} role="img" aria-label={word} />
      <div>
        <p>{message}</p>
        {hint !== undefined && hint !== '' && <p className="hint">{hint}</p>}
      </div>
      {children !== undefined && <div className="row">{children}</div>}
    </div>
  )
}
