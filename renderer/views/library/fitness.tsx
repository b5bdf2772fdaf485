import { Textarea } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { create } from 'zustand'
import type { FitnessView, LibraryImage } from '../../../main/api/shapes.ts'
import { Message } from '../../components/message.tsx'
import { useAsked } from '../../components/use-asked.ts'
import { SmallButton } from '../../components/small-button.tsx'
import { formatBytes } from '../../format/bytes.ts'

/** What nvidia-smi printed on the far side; asked once, for all images that are looked at. */
const usePasted = create<{ text: string; isOpen: boolean }>(() => ({ text: '', isOpen: false }))

const faces = {
  meets: { icon: IconCircleCheck, tone: 'good', word: 'It will run' },
  depends: { icon: IconAlertTriangle, tone: 'look', word: 'It may run' },
  fails: { icon: IconCircleX, tone: 'bad', word: 'It will not run' },
} as const

/** What the image asks of a machine, and whether this one or another gives it. */
export function Fitness({ grant, image }: { grant: string; image: LibraryImage }) {
  const { text, isOpen } = usePasted()
  const pasted = text.trim()
  const [judged] = useAsked(
    'library.fitness',
    { grant, id: image.id, ...(pasted !== '' && { nvidiaSmi: pasted.slice(0, 20_000) }) },
    pasted === '' ? 0 : 250,
  )
  const { cuda, platform, unpackedBytes } = image
  const asks = [
    cuda?.version !== undefined && `Built with CUDA ${cuda.version}.`,
    cuda?.needs ?? (cuda === undefined && 'It asks for no NVIDIA driver.'),
    platform !== undefined && `For ${platform}.`,
    unpackedBytes !== undefined && `About ${formatBytes(unpackedBytes)} once it is unpacked.`,
  ]
  return (
    <section aria-label="Will it run there?" className="stack">
      <h2>Will it run there?</h2>
      <p className="small">{asks.filter(Boolean).join(' ')}</p>
      {judged.state === 'ready' && <Verdict fitness={judged.value} />}
      {judged.state === 'failed' && (
        <Message severity="look" message={judged.message} hint={judged.hint} />
      )}
      {isOpen ? (
        <Textarea
          label="What nvidia-smi prints there"
          description="Its first lines are enough. It stays in this window."
          rows={4}
          value={text}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={(event) => usePasted.setState({ text: event.currentTarget.value })}
        />
      ) : (
        <div className="row">
          <SmallButton onClick={() => usePasted.setState({ isOpen: true })}>
            Judge by another machine …
          </SmallButton>
        </div>
      )}
    </section>
  )
}

function Verdict({ fitness }: { fitness: FitnessView }) {
  if (fitness.state === 'no-driver')
    return <p className="small soft">This machine has no NVIDIA driver to judge by.</p>
  const { verdict, why, origin } = fitness
  const { icon: Mark, tone, word } = faces[verdict]
  const where = origin === 'here' ? 'here' : 'there'
  return (
    <p className="row small" style={{ alignItems: 'start' }} role="status">
      <Mark size={16} className={tone} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
      <span>
        <span className={`strong ${tone}`}>
          {word} {where}.
        </span>{' '}
        {why}
      </span>
    </p>
  )
}
