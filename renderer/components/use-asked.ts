import { useCallback, useEffect, useState } from 'react'
import type { CallName, Output, Sent } from '../../main/api/contract.ts'
import { call } from '../replicator.ts'
import { failureOf, type Failed } from '../stores/failure.ts'

export type Asked<Value> =
  | { state: 'idle' }
  | { state: 'loading' }
  | { state: 'ready'; value: Value }
  | ({ state: 'failed' } & Failed)

/** Asks main whenever the input changes; only the answer to the last question counts. Nothing is asked without input. */
export function useAsked<Name extends CallName>(
  name: Name,
  input: Sent<Name> | undefined,
  delayMs = 0,
): [Asked<Output<Name>>, retry: () => void] {
  const key = input === undefined ? undefined : JSON.stringify(input)
  const [asked, setAsked] = useState<Asked<Output<Name>>>({ state: 'idle' })
  const [again, setAgain] = useState(0)
  useEffect(() => {
    if (key === undefined) {
      setAsked({ state: 'idle' })
      return undefined
    }
    let isCurrent = true
    setAsked({ state: 'loading' })
    const ask = () => {
      call(name, JSON.parse(key) as Sent<Name>).then(
        (value) => isCurrent && setAsked({ state: 'ready', value }),
        (error: unknown) => isCurrent && setAsked({ state: 'failed', ...failureOf(error) }),
      )
    }
    const timer = setTimeout(ask, delayMs)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [name, key, again, delayMs])
  const retry = useCallback(() => setAgain((number) => number + 1), [])
  return [asked, retry]
}
