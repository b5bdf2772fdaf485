import { Message } from '../../components/message.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { dismiss, useNotices } from '../../stores/notices.ts'

/** What happened without being asked for, above the view until it is dismissed. */
export function Notices() {
  const notices = useNotices()
  return (
    <ul className="notices" aria-live="polite" aria-label="Notices">
      {notices.map(({ id, message, hint }) => (
        <li key={id}>
          <Message severity="look" message={message} hint={hint}>
            <SmallButton isQuiet onClick={() => void dismiss(id)}>
              Dismiss
            </SmallButton>
          </Message>
        </li>
      ))}
    </ul>
  )
}
