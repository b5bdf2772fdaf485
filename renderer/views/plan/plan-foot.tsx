import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { PlanView } from '../../../main/api/shapes.ts'
import { count } from '../../format/count.ts'
import { call } from '../../replicator.ts'
import { attempt, say, sayFailure } from '../../stores/attempt.ts'
import { forgetPlan, makePlan } from '../../stores/plan.ts'
import { show } from '../../stores/view.ts'
import { startMark } from '../shell/shortcuts.ts'

const formats = [
  { format: 'csv', label: 'CSV table' },
  { format: 'json', label: 'JSON' },
  { format: 'md', label: 'Markdown' },
] as const

/** Start, or keep the plan as a file. */
export function PlanFoot({ plan, isMaking }: { plan: PlanView | undefined; isMaking: boolean }) {
  const [isStarting, setStarting] = useState(false)
  const toSave =
    plan?.rows.filter(({ state }) => state === 'new' || state === 'changed').length ?? 0
  const isBlocked = plan?.findings.some(({ severity }) => severity === 'blocks') ?? false
  const bringsApp = plan?.app?.state === 'new'
  const start = async ({ id, place }: PlanView) => {
    setStarting(true)
    try {
      await call('transfers.start', { plan: id })
      if (toSave > 0) {
        forgetPlan()
        show('transfers')
      } else {
        say('The app is on the drive.')
        await makePlan(place)
      }
    } catch (error) {
      sayFailure(error)
    }
    setStarting(false)
  }
  return (
    <footer className="action-bar">
      <span className="soft small cut" role="status">
        {isMaking && 'Making the plan …'}
        {isStarting && bringsApp && 'Putting the app on the drive …'}
        {plan && !(isStarting && bringsApp) && saysOf(toSave, plan, isBlocked)}
      </span>
      <Menu position="top-end" shadow="md">
        <Menu.Target>
          <Button
            className="push"
            variant="default"
            disabled={!plan}
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            Save plan
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map(({ format, label }) => (
            <Menu.Item key={format} onClick={() => plan && void save(plan.id, format)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        disabled={!plan || isBlocked || (toSave === 0 && !bringsApp)}
        loading={isStarting}
        onClick={() => plan && void start(plan)}
        {...startMark}
      >
        {toSave > 0 ? `Start ${count(toSave, 'transfer')}` : 'Start'}
      </Button>
    </footer>
  )
}

function saysOf(toSave: number, { rows, app }: PlanView, isBlocked: boolean): string {
  if (isBlocked) return 'This plan cannot start; what stands in the way is said above.'
  if (toSave === 0)
    return app?.state === 'new' ? 'The images are there already.' : 'Everything is there already.'
  const left = rows.length - toSave
  return left === 0 ? '' : `${count(toSave, 'image')} to copy, ${left} left alone.`
}

async function save(id: string, format: 'csv' | 'json' | 'md'): Promise<void> {
  if (await attempt('plan.save', { id, format })) say('The plan is saved.')
}
