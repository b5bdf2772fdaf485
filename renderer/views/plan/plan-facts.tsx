import type { PlanView } from '../../../main/api/shapes.ts'
import { Message } from '../../components/message.tsx'
import { formatBytes, formatSpeed } from '../../format/bytes.ts'
import { inWords } from '../../format/duration.ts'

const order = { blocks: 0, look: 1, note: 2 }

/** The sums of a plan, how long it takes and why, and what to know before it starts. */
export function PlanFacts({ plan }: { plan: PlanView }) {
  const { estimate, missingBytes, freeBytes, writeBytes } = plan
  const findings = plan.findings.toSorted(
    (one, other) => order[one.severity] - order[other.severity],
  )
  return (
    <>
      <dl className="plan-sum card">
        <Sum term="To fetch" value={formatBytes(plan.fetchBytes)} />
        <Sum term="To write" value={formatBytes(writeBytes)} />
        {plan.sharedBytes > 0 && <Sum term="Shared" value={formatBytes(plan.sharedBytes)} />}
        {missingBytes > 0 ? (
          <Sum term="Missing space" value={formatBytes(missingBytes)} isBad />
        ) : (
          <Sum
            term="Stays free"
            value={
              freeBytes === undefined ? 'unknown' : formatBytes(Math.max(0, freeBytes - writeBytes))
            }
          />
        )}
        {estimate && <Sum term="Time" value={inWords(estimate.seconds)} says={slowest(estimate)} />}
      </dl>
      {findings.length > 0 && (
        <ul className="stack" aria-label="Findings">
          {findings.map((finding) => (
            <li key={finding.message}>
              <Message {...finding} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Sum(props: { term: string; value: string; says?: string; isBad?: boolean }) {
  const { term, value, says, isBad } = props
  return (
    <div>
      <dt>{term}</dt>
      <dd className={isBad ? 'bad' : undefined}>{value}</dd>
      {says !== undefined && (
        <dd className="tiny soft" style={{ fontWeight: 400, fontSize: 12, lineHeight: '16px' }}>
          {says}
        </dd>
      )}
    </div>
  )
}

function slowest(estimate: NonNullable<PlanView['estimate']>): string {
  const drive = formatSpeed(estimate.driveBytesPerSecond)
  const line = formatSpeed(estimate.lineBytesPerSecond)
  return estimate.bottleneck === 'drive'
    ? `The drive is the bottleneck: it writes ${drive}, the line brings ${line}`
    : `The line is the bottleneck: it brings ${line}, the drive writes ${drive}`
}
