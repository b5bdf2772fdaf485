import { Button, Checkbox, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Sent } from '../../../../main/api/contract.ts'
import type { PushDefaults } from '../../../../main/api/shapes.ts'
import { FailedFace, Loading } from '../../../components/face.tsx'
import { Message } from '../../../components/message.tsx'
import { useAsked } from '../../../components/use-asked.ts'
import { SmallButton } from '../../../components/small-button.tsx'
import { count } from '../../../format/count.ts'
import { sayFailure } from '../../../stores/attempt.ts'
import { valueOf } from '../../../stores/mirror.ts'
import { settings } from '../../../stores/mirrors.ts'
import { call } from '../../../replicator.ts'
import { PushPlan } from './push-plan.tsx'

type Asking = { grant: string; ids: string[]; close: () => void }

/** Where to push, as whom, and under which names; then begins. */
export function PushDialog(asking: Asking) {
  const [defaults, retry] = useAsked('push.defaults', {})
  return (
    <Modal
      opened
      onClose={asking.close}
      title={`Push ${count(asking.ids.length, 'image')}`}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {defaults.state === 'failed' && <FailedFace failure={defaults} retry={retry} />}
      {defaults.state === 'loading' && <Loading label="Opening" rows={4} />}
      {defaults.state === 'ready' && <Form defaults={defaults.value} {...asking} />}
    </Modal>
  )
}

function Form({ defaults, grant, ids, close }: Asking & { defaults: PushDefaults }) {
  const [to, setTo] = useState(defaults.to)
  const [username, setUsername] = useState(defaults.username)
  const [password, setPassword] = useState('')
  const [isInsecureAllowed, setInsecure] = useState(defaults.isInsecureAllowed)
  const [question, setQuestion] = useState<Sent<'push.plan'>>()
  const [planning, askAgain] = useAsked('push.plan', question)
  const certificates = valueOf(settings.use())?.extraCertificates ?? []
  const changed = () => setQuestion(undefined)
  const ask = () => {
    const login = { username: username.trim(), ...(password !== '' && { password }) }
    setQuestion({ grant, ids, to: to.trim(), ...login, isInsecureAllowed })
    askAgain()
  }
  const start = async (plan: string) => {
    try {
      await call('push.start', { plan })
      close()
    } catch (error) {
      sayFailure(error)
    }
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        ask()
      }}
    >
      <TextInput
        data-autofocus
        required
        label="Registry"
        description="With a place in it, if the images are to go there"
        placeholder="registry.example:5000/ngc"
        spellCheck={false}
        value={to}
        onChange={(event) => {
          setTo(event.currentTarget.value)
          changed()
        }}
      />
      <div className="login">
        <TextInput
          label="User name"
          description="Empty: as docker login left it, or as guest"
          spellCheck={false}
          value={username}
          onChange={(event) => {
            setUsername(event.currentTarget.value)
            changed()
          }}
        />
        <PasswordInput
          label="Password"
          description="In memory until the application ends"
          placeholder={defaults.hasPassword ? 'the one of before' : ''}
          value={password}
          onChange={(event) => {
            setPassword(event.currentTarget.value)
            changed()
          }}
        />
      </div>
      <div className="row wrap">
        <Checkbox
          label="Allow http, without encryption"
          checked={isInsecureAllowed}
          onChange={(event) => {
            setInsecure(event.currentTarget.checked)
            changed()
          }}
        />
        <span className="small soft push">
          {certificates.length > 0 && `${count(certificates.length, 'extra certificate')} trusted`}
        </span>
        <SmallButton onClick={() => void addCertificates()}>Trust a certificate …</SmallButton>
      </div>
      {planning.state === 'loading' && <Loading label="Asking the registry what it has" rows={3} />}
      {planning.state === 'failed' && (
        <div role="alert">
          <Message severity="blocks" message={planning.message} hint={planning.hint} />
        </div>
      )}
      {planning.state === 'ready' && <PushPlan plan={planning.value} />}
      <div className="row">
        {planning.state === 'ready' ? (
          <Button
            className="push"
            disabled={planning.value.rows.every(({ state }) => state === 'present')}
            onClick={() => void start(planning.value.id)}
          >
            Push
          </Button>
        ) : (
          <Button
            className="push"
            type="submit"
            disabled={to.trim() === '' || planning.state === 'loading'}
          >
            Show the names
          </Button>
        )}
      </div>
    </form>
  )
}

async function addCertificates(): Promise<void> {
  try {
    settings.set(await call('settings.addCertificates', {}))
  } catch (error) {
    sayFailure(error)
  }
}
