import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { PlanView } from '../../../main/api/shapes.ts'
import { count } from '../../format/count.ts'
import { call } from '../../replicator.ts'
import { attempt, say, sayFailure } from '../../stores/attempt.ts'
import { forgetPlan } from '../../stores/plan.ts'
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
  const start = async (id: string) => {
    setStarting(true)
    try {
      await call('transfers.start', { plan: id })
      forgetPlan()
      show('transfers')
    } catch (error) {
      sayFailure(error)
    }
    setStarting(false)
  }
  return (
    <footer className="action-bar">
      <span className="soft small cut" role="status">
        {isMaking ? 'Making the plan …' : plan ? saysOf(toSave, plan.rows.length, isBlocked) : ''}
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
        disabled={!plan || isBlocked || toSave === 0}
        loading={isStarting}
        onClick={() => plan && void start(plan.id)}
        {...startMark}
      >
        {toSave > 0 ? `Start ${count(toSave, 'transfer')}` : 'Start'}
      </Button>
    </footer>
  )
}

function saysOf(toSave: number, all: number, isBlocked: boolean): string {
  if (isBlocked) return 'This plan cannot start; what stands in the way is said above.'
  if (toSave === 0) return 'Everything is there already.'
  return toSave === all ? '' : `${count(toSave, 'image')} to copy, ${all - toSave} left alone.`
}

async function save(id: string, format: 'csv' | 'json' | 'md'): Promise<void> {
  if (await attempt('plan.save', { id, format })) say('The plan is saved.')
}
