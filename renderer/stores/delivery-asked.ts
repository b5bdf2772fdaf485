import { create } from 'zustand'

export type AskedDelivery = { kind: 'load' | 'push'; grant: string; ids: string[] }

/** The dialog for loading or pushing that is open, if one is. */
export const useAskedDelivery = create<{ asked?: AskedDelivery }>(() => ({}))

export function askDelivery(asked: AskedDelivery): void {
  useAskedDelivery.setState({ asked })
}

export function closeDelivery(): void {
  useAskedDelivery.setState({}, true)
}
