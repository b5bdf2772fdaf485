import { Button } from '@mantine/core'
import { IconArrowLeft, IconBox } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { Empty, FailedFace, Loading } from '../../components/face.tsx'
import { count } from '../../format/count.ts'
import { valueOf } from '../../stores/mirror.ts'
import { selection } from '../../stores/mirrors.ts'
import { makePlan, usePlan } from '../../stores/plan.ts'
import { show } from '../../stores/view.ts'
import { AppChoice } from './app-choice.tsx'
import { PlacePicker } from './place-picker.tsx'
import { PlanFacts } from './plan-facts.tsx'
import { PlanFoot } from './plan-foot.tsx'
import { PlanRows } from './plan-rows.tsx'
import { SourceChoice } from './source-choice.tsx'
import './plan.css'

/** What will be copied where, how many bytes, what is there already, and whether it fits. */
export function Plan() {
  const plan = usePlan()
  const picked = valueOf(selection.use())
  useFreshPlan(picked)
  if (picked && picked.items.length === 0)
    return (
      <>
        <h1 className="hidden">Plan</h1>
        <Empty
          icon={IconBox}
          title="There is nothing to plan"
          ways={<Button onClick={() => show('catalogue')}>Open the catalogue</Button>}
        >
          Pick images in the catalogue; here you then see how many bytes they are and where they
          fit.
        </Empty>
      </>
    )
  const shown =
    plan.state === 'ready' ? plan.plan : plan.state === 'making' ? plan.before : undefined
  return (
    <div className="plan">
      <div className="view-scroll">
        <div className="page">
          <div className="view-head">
            <Button
              variant="subtle"
              color="gray"
              size="compact-md"
              style={{ marginLeft: -12 }}
              leftSection={<IconArrowLeft size={16} aria-hidden />}
              onClick={() => show('catalogue')}
            >
              Catalogue
            </Button>
            <h1>Plan for {count(picked?.items.length ?? 0, 'image')}</h1>
          </div>
          <PlacePicker
            chosen={plan.state === 'none' ? undefined : plan.place}
            {...(shown && { planBytes: shown.writeBytes })}
          />
          <SourceChoice />
          <div aria-live="polite" aria-busy={plan.state === 'making'} className="stack">
            {plan.state === 'none' && (
              <p className="soft">Choose a drive or a folder; the plan for it then stands here.</p>
            )}
            {plan.state === 'failed' && (
              <div className="card">
                <FailedFace failure={plan} retry={() => void makePlan(plan.place)} />
              </div>
            )}
            {plan.state === 'making' && !shown && <Loading label="Making the plan" rows={5} />}
            {shown && (
              <>
                <AppChoice plan={shown} />
                <PlanFacts plan={shown} />
                <PlanRows rows={shown.rows} />
              </>
            )}
          </div>
        </div>
      </div>
      <PlanFoot
        plan={plan.state === 'ready' ? plan.plan : undefined}
        isMaking={plan.state === 'making'}
      />
    </div>
  )
}

/** A plan is made again when the selection is another one, and when the view is come back to. */
function useFreshPlan(
  picked: ReturnType<typeof valueOf<{ items: { reference: string }[]; platform: string }>>,
): void {
  const key =
    picked && JSON.stringify([picked.platform, picked.items.map(({ reference }) => reference)])
  const planned = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (key === undefined || planned.current === key) return
    planned.current = key
    const now = usePlan.getState()
    if (now.state !== 'none') void makePlan(now.place)
  }, [key])
}
