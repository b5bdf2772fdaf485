import { Checkbox } from '@mantine/core'
import type { PlanView } from '../../../main/api/shapes.ts'
import { formatBytes } from '../../format/bytes.ts'
import { makePlan } from '../../stores/plan.ts'
import { change } from '../settings/setting.tsx'

/** Whether the application itself goes along; only an installed one can. */
export function AppChoice({ plan }: { plan: PlanView }) {
  if (!plan.app) return undefined
  const { sizeBytes, state } = plan.app
  return (
    <Checkbox
      label={`Put the app on the drive (${formatBytes(sizeBytes)})`}
      description={
        state === 'present'
          ? 'It is there already.'
          : 'The isolated side installs it from there; app/README.txt tells how.'
      }
      checked={state !== 'left-out'}
      onChange={(event) => void choose(event.currentTarget.checked, plan)}
    />
  )
}

async function choose(withApp: boolean, { place }: PlanView): Promise<void> {
  await change({ withApp })
  await makePlan(place)
}
