import { Modal } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'

/** A dialog that is there while it is open; when it is gone the focus goes back to what opened it. */
export function Dialog(props: {
  title: string
  size: number | 'lg' | 'xl'
  close: () => void
  children: ReactNode
}) {
  const { title, size, close, children } = props
  useEffect(() => {
    const opener = document.activeElement
    return () => {
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
    }
  }, [])
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {children}
    </Modal>
  )
}
