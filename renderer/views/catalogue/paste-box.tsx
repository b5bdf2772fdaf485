import { Button, Textarea } from '@mantine/core'
import { Dialog } from '../../components/dialog.tsx'
import { DropTarget } from '../../components/drop-target.tsx'
import { Message } from '../../components/message.tsx'
import { useAsked } from '../../components/use-asked.ts'
import { count } from '../../format/count.ts'
import { closePasteBox, openList, takeDropped, usePasteBox } from '../../stores/paste-box.ts'
import { AddFound } from './add-found.tsx'

/** Takes a text, typed, pasted or of a dropped file, and finds the references in it. */
export function PasteBox() {
  const { text } = usePasteBox()
  const [parsed] = useAsked('selection.parse', text.trim() === '' ? undefined : { text }, 250)
  const { references: found, unknown } =
    parsed.state === 'ready' ? parsed.value : { references: [], unknown: [] }
  return (
    <Dialog title="Paste references" size="lg" close={closePasteBox}>
      <DropTarget says="Drop a list of images" take={(files) => void takeDropped(files)}>
        <div className="stack">
          <Textarea
            data-autofocus
            label="References, docker pull lines, or catalogue addresses"
            description="One a line; a text file may be dropped here. Everything else is left out, and told."
            placeholder={
              'nvcr.io/nvidia/pytorch:24.05-py3\ndocker pull nvcr.io/nvidia/cuda:12.4.1-base-ubuntu22.04'
            }
            rows={8}
            value={text}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(event) => usePasteBox.setState({ text: event.currentTarget.value })}
          />
          {parsed.state === 'failed' && (
            <Message severity="look" message={parsed.message} hint={parsed.hint} />
          )}
          {unknown.length > 0 && (
            <Message
              severity="look"
              message={`${count(unknown.length, 'line')} not understood`}
              hint={unknown.slice(0, 5).join(' · ')}
            />
          )}
          <div className="row">
            <Button variant="default" onClick={() => void openList()}>
              Open a list …
            </Button>
            <AddFound
              found={found}
              says={parsed.state === 'ready' ? `${count(found.length, 'reference')} found` : ''}
              close={closePasteBox}
            />
          </div>
        </div>
      </DropTarget>
    </Dialog>
  )
}
