import { dismiss, useNotices } from '../stores/notices.ts'

/** What happened without being asked for, above the view until it is dismissed. */
export function Notices() {
  const notices = useNotices()
  return (
    <ul className="notices" aria-live="polite" aria-label="Notices">
      {notices.map(({ id, message, hint }) => (
        <li key={id}>
          <div>
            <p>{message}</p>
            {hint !== undefined && <p className="hint">{hint}</p>}
          </div>
          <button type="button" onClick={() => void dismiss(id)}>
            Dismiss
          </button>
        </li>
      ))}
    </ul>
  )
}
