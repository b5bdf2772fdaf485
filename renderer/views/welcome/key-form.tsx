import { Button, PasswordInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { call } from '../../replicator.ts'
import { failureOf, type Failed } from '../../stores/failure.ts'
import { valueOf } from '../../stores/mirror.ts'
import { session, settings } from '../../stores/mirrors.ts'

/** Takes a key, has it checked, and says in words what is wrong with it. */
export function KeyForm({ done }: { done?: () => void }) {
  const [key, setKey] = useState('')
  const [isChecking, setChecking] = useState(false)
  const [failure, setFailure] = useState<Failed>()
  const canKeep = valueOf(settings.use())?.canKeepKeys ?? true
  const enter = async (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() === '') {
      setFailure({ message: 'Paste a key first.', hint: 'NGC makes one under Setup, API Keys.' })
      return
    }
    setChecking(true)
    setFailure(undefined)
    try {
      session.set(await call('session.enterKey', { key: key.trim() }))
      done?.()
    } catch (error) {
      setFailure(failureOf(error))
      setChecking(false)
    }
  }
  const error = failure && [failure.message, failure.hint].filter(Boolean).join(' ')
  return (
    <form onSubmit={(event) => void enter(event)}>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <PasswordInput
          aria-label="NGC or DGX key"
          placeholder="nvapi-…"
          autoComplete="off"
          spellCheck={false}
          value={key}
          error={error}
          errorProps={{ role: 'alert' }}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the key', tabIndex: 0 }}
          onChange={(event) => setKey(event.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Button type="submit" loading={isChecking}>
          Use this key
        </Button>
      </div>
      <p className="tiny soft" style={{ marginTop: 8 }}>
        {canKeep
          ? 'The key is checked, then kept in the key store of this system. It never leaves for anywhere but NVIDIA.'
          : 'This system has no key store that can be used: the key lives in memory only, until the application ends.'}
      </p>
    </form>
  )
}
