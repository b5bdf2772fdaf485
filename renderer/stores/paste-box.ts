import { create } from 'zustand'
import { count } from '../format/count.ts'
import { attempt, say } from './attempt.ts'

/** The box for references that are pasted, and what stands in it. */
export const usePasteBox = create<{ isOpen: boolean; text: string }>(() => ({
  isOpen: false,
  text: '',
}))

export function openPasteBox(text = ''): void {
  usePasteBox.setState({ isOpen: true, text })
}

export function closePasteBox(): void {
  usePasteBox.setState({ isOpen: false, text: '' })
}

/** Images of a list go into the selection, each for its own platform; any other text is looked through in the box. */
export async function takeDropped(files: File[]): Promise<void> {
  const dropped = await attempt('selection.drop', files)
  if (!dropped) return
  if ('text' in dropped) openPasteBox(dropped.text)
  else added(dropped)
}

/** Asks for the file with a dialog. */
export async function openList(): Promise<void> {
  const opened = await attempt('selection.openList', {})
  if (opened) added(opened)
}

function added({ added: images }: { added: number }): void {
  say(`${count(images, 'image')} added to the selection.`)
  closePasteBox()
}
