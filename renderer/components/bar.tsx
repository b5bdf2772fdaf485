import { percent } from '../format/bytes.ts'

/** How far it is. `part` is certain, on the medium; `ahead` is written and still on its way there. */
export function Bar(props: {
  label: string
  part: number
  whole: number
  ahead?: number
  tone?: 'look' | 'bad' | 'still'
}) {
  const { label, part, whole, ahead, tone } = props
  const scale = (value: number) => `scaleX(${whole > 0 ? Math.min(1, value / whole) : 0})`
  return (
    <div
      className={tone ? `bar is-${tone}` : 'bar'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent(Math.max(part, ahead ?? 0), whole)}
    >
      {ahead !== undefined && <span className="written" style={{ transform: scale(ahead) }} />}
      <span style={{ transform: scale(part) }} />
    </div>
  )
}
