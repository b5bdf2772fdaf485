import type { Finding } from '../api/shapes.ts'
import { formatBytes, plural } from '../format.ts'

/** What is known of a plan and its drive before it starts. */
export type PlanFacts = {
  /** The drive, or the folder where no drive is known. */
  name: string
  isWritable: boolean
  isNetwork: boolean
  isRemovable: boolean
  /** Absent where the drive does not tell. */
  freeBytes?: number
  totalBytes?: number
  writeBytes: number
  missingBytes: number
  /** Where a file has a largest size: why, and how many images exceed it. */
  parts?: { because: string; largestBytes: number; images: number }
  toSave: number
  /** The application is put on the drive, besides images or without. */
  bringsApp: boolean
  present: number
  /** Present by the word of state.yml, but without a tarball here. */
  savedElsewhere: number
  failed: number
}

/** What the operator should know before starting, the gravest first. Pure. */
export function findingsOf(facts: PlanFacts): Finding[] {
  const order = ['blocks', 'look', 'note']
  return rules
    .flatMap((rule) => rule(facts) ?? [])
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
}

type Rule = (facts: PlanFacts) => Finding | undefined

const rules: readonly Rule[] = [
  ({ name, isWritable }) =>
    isWritable
      ? undefined
      : {
          severity: 'blocks',
          message: `${name} is read-only: nothing can be saved there.`,
          hint: 'Choose another folder, or a drive without write protection.',
        },

  ({ name, missingBytes, freeBytes = 0, writeBytes, toSave }) =>
    missingBytes <= 0
      ? undefined
      : {
          severity: 'blocks',
          message: `${name} has ${formatBytes(freeBytes)} free; this plan needs ${formatBytes(writeBytes)}, so ${formatBytes(missingBytes)} are missing.`,
          hint:
            toSave > 1 ? 'Remove some images, or choose another drive.' : 'Choose another drive.',
        },

  ({ failed }) =>
    failed === 0
      ? undefined
      : {
          severity: 'look',
          message: `${plural(failed, 'image')} cannot be planned and will be left out.`,
          hint: 'The list says why.',
        },

  ({ parts }) =>
    parts === undefined || parts.images === 0
      ? undefined
      : {
          severity: 'note',
          message: `${plural(parts.images, 'image')} will be in parts: ${parts.because} no file over ${formatBytes(parts.largestBytes)}.`,
          hint: 'The parts are read as one here, and load with cat NAME.tar.* | docker load.',
        },

  ({ name, isNetwork }) =>
    isNetwork
      ? {
          severity: 'look',
          message: `${name} is a network drive: its speed and its safety are those of the network.`,
        }
      : undefined,

  ({ name, freeBytes, writeBytes }) =>
    freeBytes !== undefined || writeBytes === 0
      ? undefined
      : {
          severity: 'look',
          message: `${name} does not tell what is free: whether this plan fits is not known.`,
          hint: 'Should it fill up, the transfer waits for room.',
        },

  ({ name, missingBytes, freeBytes, totalBytes = 0, writeBytes }) => {
    if (freeBytes === undefined) return undefined
    const leftBytes = freeBytes - writeBytes
    const isFull =
      missingBytes <= 0 && writeBytes > 0 && leftBytes < Math.max(totalBytes * 0.05, 5e8)
    return isFull
      ? {
          severity: 'look',
          message: `${name} will be nearly full: ${formatBytes(Math.max(0, leftBytes))} stay free.`,
        }
      : undefined
  },

  ({ toSave, present, failed, bringsApp }) =>
    toSave === 0 && !bringsApp && present > 0 && failed === 0
      ? {
          severity: 'note',
          message: 'Everything selected is there already; there is nothing to do.',
        }
      : undefined,

  ({ savedElsewhere }) =>
    savedElsewhere === 0
      ? undefined
      : {
          severity: 'look',
          message: `${plural(savedElsewhere, 'image')} ${savedElsewhere === 1 ? 'was' : 'were'} saved before, and the tarball is not here any more.`,
          hint: 'To save it again, delete its line in state.yml.',
        },
]
