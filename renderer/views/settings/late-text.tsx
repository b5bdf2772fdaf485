import { TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'

/** A text that is set when it is left or Enter is pressed, not at every letter. */
export function LateText(props: {
  label: string
  value: string
  placeholder?: string
  set: (value: string) => void
}) {
  const { label, value, placeholder, set } = props
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const settle = () => {
    if (typed.trim() !== value) set(typed.trim())
  }
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder ?? ''}
      spellCheck={false}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle()
      }}
    />
  )
}

/** A number that is set when it is left; empty takes it away where that is allowed. */
export function LateNumber(props: {
  label: string
  value: number | undefined
  placeholder?: string
  min: number
  max?: number
  set: (value: number | null) => void
}) {
  const { label, value, placeholder, min, max = 1_000_000, set } = props
  return (
    <LateText
      label={label}
      value={value === undefined ? '' : String(value)}
      {...(placeholder !== undefined && { placeholder })}
      set={(text) => {
        const number = Number(text.replace(',', '.'))
        if (text === '') set(null)
        else if (Number.isFinite(number)) set(Math.min(max, Math.max(min, number)))
      }}
    />
  )
}
