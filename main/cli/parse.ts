import { InvalidArgumentError } from 'commander'

const UNITS: Record<string, number> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
}

/** `4000000000`, `4G` and `4GB` (decimal), `4Gi` and `4GiB` (binary) as bytes. */
export function parseBytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?$/i.exec(text.trim()) ?? []
  const factor = unit === undefined ? undefined : UNITS[unit.toLowerCase()]
  const bytes = Math.floor(Number(number) * (factor ?? Number.NaN))
  if (!Number.isSafeInteger(bytes) || bytes <= 0) {
    throw new InvalidArgumentError('Write a number of bytes, such as 4000000000, 4G or 4GiB.')
  }
  return bytes
}

const SECONDS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 }

/** `90s`, `30min` or `30m`, `8h`, `2d`, and `0`, as milliseconds. */
export function parseDuration(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)$/i.exec(text.trim()) ?? []
  const seconds = text === '0' ? 0 : Number(number) * (SECONDS[unit.toLowerCase()] ?? Number.NaN)
  if (!(seconds <= 365 * 86_400)) {
    throw new InvalidArgumentError('Write a time such as 90s, 30min, 8h or 2d, or 0.')
  }
  return seconds * 1000
}

export function parseCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > 1_000_000)
    throw new InvalidArgumentError('Write a whole number from 1.')
  return count
}

/** Of a repeatable option; a variable of the environment may hold several, parted by blanks. */
export function collect(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), ...text.split(/\s+/).filter((part) => part !== '')]
}
