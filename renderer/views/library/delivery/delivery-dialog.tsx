import { closeDelivery, useAskedDelivery } from '../../../stores/delivery-asked.ts'
import { LoadDialog } from './load-dialog.tsx'
import { PushDialog } from './push-dialog.tsx'

/** The dialog that was asked for, wherever it was asked. */
export function DeliveryDialog() {
  const { asked } = useAskedDelivery()
  if (!asked) return null
  const { kind, grant, ids } = asked
  const Dialog = kind === 'load' ? LoadDialog : PushDialog
  return <Dialog grant={grant} ids={ids} close={closeDelivery} />
}
