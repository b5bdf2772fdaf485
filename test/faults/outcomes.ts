/** How one fault ended. */
export interface Outcome {
  readonly fault: string
  readonly outcome: string
  /** Bytes that the storage host sent, headers and all, for each byte that was needed. */
  readonly ratio?: number | undefined
}

/** Faults × outcome, as the suite prints it at its end. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const width = Math.max(...outcomes.map(({ fault }) => fault.length))
  const line = (fault: string, ratio: string, outcome: string): string =>
    `${fault.padEnd(width)}  ${ratio.padStart(7)}  ${outcome}`
  return [
    line('fault', 'fetched', 'outcome'),
    line('', '÷ need', ''),
    ...outcomes.map(({ fault, ratio, outcome }) => line(fault, ratio?.toFixed(3) ?? '', outcome)),
  ].join('\n')
}
