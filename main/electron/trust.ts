/** What is looked at of a sender: Electron's WebFrameMain has it. */
export type Frame = { processId: number; routingId: number; origin: string }

/** Whether a message came from the main frame of our window while it shows our own pages. */
export function isTrusted(
  sender: Frame | null,
  mainFrame: Frame | undefined,
  origin: string,
): boolean {
  if (!sender || !mainFrame) return false
  const same = sender.processId === mainFrame.processId && sender.routingId === mainFrame.routingId
  return same && sender.origin === origin
}
