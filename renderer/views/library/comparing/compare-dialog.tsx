import { Button, Modal } from '@mantine/core'
import { IconArrowsExchange, IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { Comparison } from '../../../../main/api/shapes.ts'
import { BoundedList } from '../../../components/bounded-list.tsx'
import { Empty } from '../../../components/face.tsx'
import { SmallButton } from '../../../components/small-button.tsx'
import { count } from '../../../format/count.ts'
import { partsOf, shortDigest } from '../../../format/reference.ts'
import { attempt, say } from '../../../stores/attempt.ts'
import { show } from '../../../stores/view.ts'
import { swapped, type Difference } from './swapped.ts'

const kinds = [
  { kind: 'missing', title: 'Missing' },
  { kind: 'differs', title: 'With other content' },
  { kind: 'extra', title: 'Besides' },
] as const

/** What came of comparing; what is missing becomes a selection or a list. */
export function CompareDialog({
  comparison,
  close,
}: {
  comparison: Comparison
  close: () => void
}) {
  const [isSwapped, setSwapped] = useState(false)
  const { id } = comparison
  const differences = isSwapped ? swapped(comparison.differences) : comparison.differences
  const sides = [comparison.wanted, comparison.found]
  const [wanted, found] = isSwapped ? sides.toReversed() : sides
  const lacking = differences.filter(({ kind }) => kind !== 'extra').length
  const select = async () => {
    const done = await attempt('selection.addMissing', { id, isSwapped })
    if (!done) return
    say(`${count(done.added, 'image')} added to the selection.`)
    close()
    show('catalogue')
  }
  const save = async () => {
    if (await attempt('library.saveMissing', { id, isSwapped })) say('The list is saved.')
  }
  return (
    <Modal
      opened
      onClose={close}
      title="Compare"
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="stack">
        <div className="row">
          <p style={{ overflowWrap: 'anywhere' }}>
            What <span className="strong">{found}</span> lacks of{' '}
            <span className="strong">{wanted}</span>
          </p>
          <SmallButton
            className="push"
            icon={IconArrowsExchange}
            onClick={() => setSwapped(!isSwapped)}
          >
            Swap sides
          </SmallButton>
        </div>
        {differences.length === 0 ? (
          <div style={{ height: 200 }}>
            <Empty icon={IconCircleCheck} title="Both hold the same images" />
          </div>
        ) : (
          kinds.map(({ kind, title }) => (
            <Kind
              key={kind}
              title={title}
              differences={differences.filter((one) => one.kind === kind)}
            />
          ))
        )}
        <div className="row">
          <Button
            className="push"
            variant="default"
            disabled={lacking === 0}
            onClick={() => void save()}
          >
            Save as missing.json
          </Button>
          <Button disabled={lacking === 0} onClick={() => void select()}>
            Select what is missing
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function Kind({ title, differences }: { title: string; differences: readonly Difference[] }) {
  if (differences.length === 0) return null
  return (
    <section className="stack" aria-label={title}>
      <h3>
        {title} <span className="soft">{differences.length}</span>
      </h3>
      <BoundedList label={title} rows={differences} idOf={idOf} rowHeight={40}>
        {(difference) => <Row difference={difference} />}
      </BoundedList>
    </section>
  )
}

function imageOf(difference: Difference) {
  return difference.kind === 'extra' ? difference.found : difference.wanted
}

function idOf(difference: Difference): string {
  const { reference, platform } = imageOf(difference)
  return `${reference} ${platform}`
}

function Row({ difference }: { difference: Difference }) {
  const { reference, platform } = imageOf(difference)
  const { path, tag } = partsOf(reference)
  return (
    <div style={{ padding: '6px 12px' }}>
      <p className="cut" title={reference}>
        {path} <span className="strong">{tag}</span>{' '}
        <span className="soft tiny">{platform === 'all' ? 'all platforms' : platform}</span>
      </p>
      {difference.kind === 'differs' && (
        <p className="tiny soft">
          <code>{shortDigest(difference.found.digest ?? '')}</code> instead of{' '}
          <code>{shortDigest(difference.wanted.digest ?? '')}</code>
        </p>
      )}
    </div>
  )
}
