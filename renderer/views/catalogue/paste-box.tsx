import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Message } from '../../components/message.tsx'
import { useAsked } from '../../components/use-asked.ts'
import { count } from '../../format/count.ts'
import { attempt, say } from '../../stores/attempt.ts'
import { pick } from '../../stores/picking.ts'

/** Takes a text and finds the references in it. */
export function PasteBox({ close }: { close: () => void }) {
  const [text, setText] = useState('')
  const [parsed] = useAsked('selection.parse', text.trim() === '' ? undefined : { text }, 250)
  const found = parsed.state === 'ready' ? parsed.value.references : []
  const unknown = parsed.state === 'ready' ? parsed.value.unknown : []
  return (
    <Dialog title="Paste references" size="lg" close={close}>
      <div className="stack">
        <Textarea
          data-autofocus
          label="References, docker pull lines, or catalogue addresses"
          description="One a line. Everything else is left out, and told."
          placeholder={
            'nvcr.io/nvidia/pytorch:24.05-py3\ndocker pull nvcr.io/nvidia/cuda:12.4.1-base-ubuntu22.04'
          }
          rows={8}
          value={text}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {parsed.state === 'failed' && (
          <Message
            severity="look"
            message={parsed.message}
            {...(parsed.hint !== undefined && { hint: parsed.hint })}
          />
        )}
        {unknown.length > 0 && (
          <Message
            severity="look"
            message={`${count(unknown.length, 'line')} not understood`}
            hint={unknown.slice(0, 5).join(' · ')}
          />
        )}
        <div className="row">
          <Button variant="default" onClick={() => void openList(close)}>
            Open a list …
          </Button>
          <span role="status" className="soft small">
            {parsed.state === 'ready' && `${count(found.length, 'reference')} found`}
          </span>
          <Button
            className="push"
            disabled={found.length === 0}
            onClick={() => {
              pick(found, true)
              close()
            }}
          >
            Add {found.length > 0 ? count(found.length, 'image') : 'images'}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** `missing.json` or an inventory: each image for its own platform. */
async function openList(close: () => void): Promise<void> {
  const opened = await attempt('selection.openList', {})
  if (!opened) return
  say(`${count(opened.added, 'image')} added to the selection.`)
  close()
}
