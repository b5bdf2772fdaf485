import type { PlanView } from '../api/shapes.ts'
import { csvOf } from './csv.ts'
import { formatBytes } from '../format.ts'
import { printable, printableJson } from '../printable.ts'

/** A plan as a file: the dry run, to be sent or kept. */
export function planFile(plan: PlanView, format: 'csv' | 'json' | 'md'): string {
  if (format === 'json') {
    const { id: _, place, ...rest } = plan
    return `${printableJson({ folder: place.label, ...rest }, 2)}\n`
  }
  if (format === 'csv') {
    const head = ['reference', 'platform', 'state', 'size_bytes', 'fetch_bytes', 'digest', 'notes']
    const rows = plan.rows.map((row) => [
      row.reference,
      row.platform,
      row.state,
      row.sizeBytes,
      row.fetchBytes,
      row.digest ?? '',
      row.notes.join('; '),
    ])
    return csvOf([head, ...rows])
  }
  return markdown(plan)
}

function markdown(plan: PlanView): string {
  const rows = plan.rows.map((row) => {
    const cells = [
      row.reference,
      row.platform,
      row.state,
      formatBytes(row.sizeBytes),
      formatBytes(row.fetchBytes),
      row.notes.join('; '),
    ]
    return `| ${cells.map(escape).join(' | ')} |`
  })
  const findings = plan.findings.map(
    ({ message, hint }) => `- ${escape(hint === undefined ? message : `${message} ${hint}`)}`,
  )
  return [
    `# Plan for ${escape(plan.place.label)}`,
    '',
    `${formatBytes(plan.writeBytes)} to write, ${formatBytes(plan.fetchBytes)} to fetch, ${formatBytes(plan.sharedBytes)} shared; ${plan.freeBytes === undefined ? 'what is free is not known' : `${formatBytes(plan.freeBytes)} free`}.`,
    '',
    ...(findings.length > 0 ? [...findings, ''] : []),
    '| image | platform | state | tarball | to fetch | notes |',
    '| --- | --- | --- | ---: | ---: | --- |',
    ...rows,
    '',
  ].join('\n')
}

function escape(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' '))
  return line.replaceAll(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`)
}
