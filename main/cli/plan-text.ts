import { pathOf, type CarriedFile } from '../carried-app/carried-file.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'
import { explain } from './output.ts'
import { formatBytes, plural } from '../format.ts'
import type { Destination } from '../disk/destination.ts'
import { printable } from '../printable.ts'

/** The plan as a person reads it: a line for each image, then what it takes and whether it fits. */
export function planLines(plan: Plan): string[] {
  return [
    ...plan.images.map(imageLine),
    ...plan.carried.map(carriedLine),
    ...plan.failures.flatMap(failureLines),
    ...summary(plan),
  ]
}

/** What it costs to go through an engine. */
export function sourceLines(engine: string): string[] {
  return [
    `Through ${engine}: layers are saved unpacked, two to three times the sizes above.`,
    'Without --source docker they come from the registry itself: with the published digests, smaller, faster, resumable.',
  ]
}

function imageLine(image: PlannedImage): string {
  const size = formatBytes(image.sizeBytes).padStart(8)
  const fetch =
    image.state === 'present' || image.fetchBytes === image.sizeBytes
      ? ''
      : `, ${formatBytes(image.fetchBytes)} to fetch`
  const notes = image.notes.map((note) => `; ${note}`).join('')
  return printable(
    `${image.state.padEnd(7)}  ${size}  ${formatReference(image.reference)}  ${image.platform}${fetch}${notes}`,
  )
}

function carriedLine(file: CarriedFile): string {
  return `new      ${formatBytes(file.sizeBytes).padStart(8)}  ${pathOf(file)}`
}

function failureLines({ subject, error }: Plan['failures'][number]): string[] {
  const [what = '', ...hints] = explain(error)
  return [printable(`failed   ${subject}: ${what}`), ...hints.map((hint) => `         ${hint}`)]
}

function summary(plan: Plan): string[] {
  const toSave = plan.images.filter(({ state }) => state !== 'present')
  const present = plan.images.length - toSave.length
  const { destination, writeBytes, fetchBytes, sharedBytes } = plan
  const counts = [
    plural(plan.images.length, 'image'),
    `${toSave.length} to ${plan.writeBytes > 0 || toSave.length === 0 ? 'save' : 'push'}`,
    `${present} present`,
    ...(plan.failures.length > 0 ? [`${plan.failures.length} failed`] : []),
  ]
  const lines = [`Plan: ${counts.join(', ')}.`]
  const { carriedBytes } = plan
  if (toSave.length === 0 && carriedBytes === 0) return lines
  if (writeBytes + carriedBytes === 0)
    return [...lines, `${formatBytes(fetchBytes)} to fetch and push, nothing to write.`]
  const shared = sharedBytes > 0 ? ` (${formatBytes(sharedBytes)} are shared or there already)` : ''
  lines.push(
    `${formatBytes(fetchBytes)} to fetch, ${formatBytes(writeBytes + carriedBytes)} to write${shared}.`,
  )
  lines.push(printable(roomLine(plan)))
  const largest = destination.largestFileBytes
  const inParts =
    largest === undefined ? 0 : toSave.filter(({ sizeBytes }) => sizeBytes > largest).length
  if (largest !== undefined && inParts > 0) {
    lines.push(`${plural(inParts, 'image')} will be in parts of at most ${formatBytes(largest)}.`)
  }
  return lines
}

function roomLine({ destination, writeBytes, carriedBytes, missingBytes }: Plan): string {
  const where = placeOf(destination)
  const { freeBytes } = destination
  if (freeBytes === Number.POSITIVE_INFINITY) {
    return `Whether it fits is not known: ${where} does not tell what is free. Should it fill up, the run waits for room.`
  }
  const has = `${where} has ${formatBytes(freeBytes)} free`
  return missingBytes > 0
    ? `It does not fit: ${has}, ${formatBytes(missingBytes)} are missing.`
    : `It fits: ${has}, ${formatBytes(freeBytes - writeBytes - carriedBytes)} stay free.`
}

/** The folder, and what the drive is as far as it matters. */
function placeOf({ folder, fileSystem, drive }: Destination): string {
  const facts = [
    ...(fileSystem === undefined ? [] : [fileSystem]),
    ...(drive?.isRemovable === true ? ['removable'] : []),
    ...(drive?.isNetwork === true ? ['network drive'] : []),
  ]
  return facts.length === 0 ? folder : `${folder} (${facts.join(', ')})`
}
