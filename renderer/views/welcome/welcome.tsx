import { Button } from '@mantine/core'
import { IconFlask, IconKey, IconWorld, type Icon } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { Message } from '../../components/message.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { call } from '../../replicator.ts'
import { failureOf, type Failed } from '../../stores/failure.ts'
import { session } from '../../stores/mirrors.ts'
import { show } from '../../stores/view.ts'
import { KeyForm } from './key-form.tsx'
import './welcome.css'

type As = 'guest' | 'sandbox'

/** The first screen: three ways to a catalogue, and the one to a library, which needs none. */
export function Welcome() {
  const [beginning, setBeginning] = useState<As>()
  const [failure, setFailure] = useState<Failed>()
  const begin = async (as: As) => {
    setBeginning(as)
    setFailure(undefined)
    try {
      session.set(await call('session.begin', { as }))
    } catch (error) {
      setFailure(failureOf(error))
      setBeginning(undefined)
    }
  }
  const way = (as: As, label: string) => (
    <Button
      variant="default"
      loading={beginning === as}
      disabled={beginning !== undefined}
      onClick={() => void begin(as)}
    >
      {label}
    </Button>
  )
  return (
    <div className="view-scroll">
      <div className="page welcome">
        <div>
          <h1>Pick images, pick a drive, carry them over</h1>
          <p className="lead">
            NGC Replicator copies NVIDIA NGC container images to a folder or a USB drive, proves
            that every byte arrived, and opens the drive on the far side with no network.
          </p>
        </div>
        {failure && <Message severity="blocks" {...failure} />}
        <div className="ways-in">
          <Way
            icon={IconKey}
            title="Enter a key"
            says="For private repositories and for what NVIDIA gives only to its members."
          >
            <KeyForm />
          </Way>
          <Way
            icon={IconWorld}
            title="Browse as guest"
            says="Most of the catalogue is public; no account is needed."
            button={way('guest', 'Browse as guest')}
          />
          <Way
            icon={IconFlask}
            title="Practise"
            says="A small sample catalogue on this machine, offline. Everything works as in earnest."
            button={way('sandbox', 'Use the sample catalogue')}
          />
        </div>
        <p className="soft small">
          You hold a drive with images?{' '}
          <SmallButton isQuiet onClick={() => show('library')}>
            Open a library
          </SmallButton>
        </p>
      </div>
    </div>
  )
}

function Way(props: {
  icon: Icon
  title: string
  says: string
  button?: ReactNode
  children?: ReactNode
}) {
  const { icon: Mark, title, says, button, children } = props
  return (
    <section className="way-in card" aria-label={title}>
      <span className="icon">
        <Mark size={20} stroke={1.5} aria-hidden />
      </span>
      <div>
        <h2>{title}</h2>
        <p className="soft small">{says}</p>
      </div>
      {button}
      {children}
    </section>
  )
}
