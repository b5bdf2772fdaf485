import type { TransferRow } from '../../../main/api/shapes.ts'
import { Message } from '../../components/message.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { attempt } from '../../stores/attempt.ts'
import { makePlan } from '../../stores/plan.ts'
import { show } from '../../stores/view.ts'

type Failure = NonNullable<TransferRow['failure']>

/** What went wrong, and each way out as a button; `isOver` where it does not go on by itself. */
export function TransferFailure(props: { id: string; failure: Failure; isOver: boolean }) {
  const { id, failure, isOver } = props
  const { message, hint, ways, page, code } = failure
  return (
    <div role="alert">
      <Message severity={isOver ? 'blocks' : 'look'} message={message} hint={hint}>
        <span className="row wrap">
          <span className="tiny soft selectable">{code}</span>
          {ways.map((way) => (
            <Way key={way} way={way} id={id} page={page} />
          ))}
        </span>
      </Message>
    </div>
  )
}

function Way({
  way,
  id,
  page,
}: {
  way: Failure['ways'][number]
  id: string
  page: string | undefined
}) {
  if (way === 'retry')
    return <Press label="Retry" press={() => void attempt('transfers.retry', { ids: [id] })} />
  if (way === 'choose-folder')
    return <Press label="Choose another folder" press={() => void chooseFolder()} />
  if (way === 'enter-key') return <Press label="Enter a key" press={() => show('settings')} />
  if (page === undefined) return null
  return <Press label="Open its page" press={() => void attempt('app.open', { address: page })} />
}

function Press({ label, press }: { label: string; press: () => void }) {
  return <SmallButton onClick={press}>{label}</SmallButton>
}

async function chooseFolder(): Promise<void> {
  const place = await attempt('places.choose', {})
  if (!place) return
  show('plan')
  await makePlan(place)
}
