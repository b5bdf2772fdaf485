import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Session } from '../../../main/api/shapes.ts'
import { attempt } from '../../stores/attempt.ts'
import { valueOf } from '../../stores/mirror.ts'
import { session } from '../../stores/mirrors.ts'
import { KeyForm } from '../welcome/key-form.tsx'
import { Setting } from './setting.tsx'

/** As whom the catalogue is looked at. */
export function SessionSection() {
  const now = valueOf(session.use()) ?? { kind: 'none' as const }
  const [isEntering, setEntering] = useState(false)
  return (
    <section className="card" aria-label="Session">
      <Setting
        title={titleOf(now)}
        says={saysOf(now)}
        {...((now.kind === 'none' || isEntering) && {
          below: <KeyForm done={() => setEntering(false)} />,
        })}
      >
        <div className="plain">
          {now.kind !== 'none' && (
            <>
              <Button variant="default" onClick={() => setEntering(!isEntering)}>
                {now.kind === 'key' ? 'Enter another key' : 'Enter a key'}
              </Button>
              <Button variant="default" onClick={() => void end()}>
                {now.kind === 'key' ? 'Forget key' : 'End session'}
              </Button>
            </>
          )}
        </div>
      </Setting>
    </section>
  )
}

async function end(): Promise<void> {
  const next = await attempt('session.end', {})
  if (next) session.set(next)
}

const kinds = { personal: 'NGC personal key', legacy: 'NGC legacy key', dgx: 'DGX key' } as const

function titleOf(now: Session): string {
  if (now.kind !== 'key') return words[now.kind].title
  const { keyKind, org, userName } = now
  return [kinds[keyKind], org && `of ${org}`, userName && `(${userName})`].filter(Boolean).join(' ')
}

function saysOf(now: Session): string {
  if (now.kind !== 'key') return words[now.kind].says
  return now.kept === 'store'
    ? 'Kept in the key store of this system.'
    : 'In memory only: this system has no key store, so the key is gone when the application ends.'
}

const words = {
  none: {
    title: 'No session',
    says: 'Enter a key here, or begin as a guest in the catalogue. A library needs neither.',
  },
  guest: { title: 'Guest', says: 'What NVIDIA gives to everybody.' },
  sandbox: {
    title: 'Sample catalogue',
    says: 'On this machine, for practice. No network is used.',
  },
}
