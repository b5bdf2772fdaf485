import { cudaOf } from './cuda.ts'

/**
 * What an image asks of the NVIDIA driver, and whether a driver gives it. The container runtime decides the same way from
 * `NVIDIA_REQUIRE_CUDA` when a container starts, which on the isolated side is too late.
 */

/** A driver, from the header that `nvidia-smi` prints or from the kernel module. */
export interface Driver {
  /** `535.104.05` */
  readonly version: string
  /** The newest CUDA that it brings, where it was told: `12.2`. */
  readonly cuda?: string
  /** `geforce`, `tesla` and so on, where a GPU was named; data centre cards count as tesla. */
  readonly brand?: string
}

/** `meets`: it will start. `fails`: it will not. `depends`: only on some cards, or too little is known. */
export interface Fitness {
  readonly verdict: 'meets' | 'fails' | 'depends'
  /** One sentence. */
  readonly why: string
}

interface Condition {
  readonly name: string
  readonly comparison: '>=' | '<=' | '>' | '<' | '=' | '!='
  readonly value: string
}

/** Alternatives, of which one is enough; of each all conditions. */
type Requirement = readonly (readonly Condition[])[]

/**
 * `cuda>=12.3 brand=tesla,driver>=470,driver<471`: blanks separate alternatives, commas what must hold together. Words that
 * are no condition are passed over, as the runtime does.
 */
function parseRequirement(text: string): Requirement {
  return text
    .slice(0, MOST_CHARACTERS)
    .split(/\s+/)
    .map((alternative) =>
      alternative.split(',').flatMap((part): Condition[] => {
        const [, name, comparison, value] = /^([a-z]+)(>=|<=|!=|>|<|=)([\w.]+)$/.exec(part) ?? []
        return name && comparison && value
          ? [{ name, comparison: comparison as Condition['comparison'], value }]
          : []
      }),
    )
    .filter((conditions) => conditions.length > 0)
}

const MOST_CHARACTERS = 10_000

/** The requirement as a sentence about the driver; undefined when it asks for nothing. */
export function explainRequirement(text: string): string | undefined {
  const requirement = parseRequirement(text)
  const cuda = leastCuda(requirement)
  const others = requirement.filter((conditions) =>
    conditions.some(({ name }) => name === 'brand' || name === 'driver'),
  )
  const branches = [...new Set(others.flatMap((conditions) => driverBranch(conditions) ?? []))]
  const least = cuda === undefined ? undefined : leastDriver(cuda)
  const parts: string[] = []
  if (cuda !== undefined) {
    const from = least === undefined ? '' : `, that is ${least} or later on Linux`
    parts.push(`an NVIDIA driver for CUDA ${cuda}${from}`)
  }
  if (branches.length > 0) {
    const cards = others.every((conditions) => conditions.some(({ name }) => name === 'brand'))
    parts.push(
      `${cards ? 'on data centre cards also ' : ''}one of the branches ${branches.join(', ')}`,
    )
  }
  return parts.length === 0 ? undefined : `Needs ${parts.join('; ')}.`
}

/** Whether a driver gives what an image asks for; `cudaVersion` is what the image was built with, `CUDA_VERSION`. */
export function fitnessOf(
  { requires, cudaVersion }: { requires?: string | undefined; cudaVersion?: string | undefined },
  driver: Driver,
): Fitness {
  const requirement = parseRequirement(requires ?? '')
  if (requirement.length === 0) {
    if (cudaVersion === undefined) {
      return { verdict: 'meets', why: 'It asks for no driver.' }
    }
    return fitnessOf({ requires: `cuda>=${cudaVersion.split('.').slice(0, 2).join('.')}` }, driver)
  }
  const verdicts = new Set(requirement.map((conditions) => allOf(conditions, driver)))
  const best = verdicts.has('meets') ? 'meets' : verdicts.has('depends') ? 'depends' : 'fails'
  const cuda = leastCuda(requirement)
  const brings = broughtBy(driver)
  const has = `Driver ${driver.version}${brings === undefined ? '' : `, which brings CUDA ${brings},`}`
  const wanted = cuda === undefined ? 'what it asks for' : `CUDA ${cuda}, which it asks for`
  if (best === 'meets') return { verdict: best, why: `${has} gives ${wanted}.` }
  if (best === 'depends') {
    return { verdict: best, why: `${has} is enough on data centre cards only.` }
  }
  const least = cuda === undefined ? undefined : leastDriver(cuda)
  const wayOut = least === undefined ? '' : ` It needs driver ${least} or later.`
  return { verdict: best, why: `${has} does not give ${wanted}.${wayOut}` }
}

/** The same for an image as an inventory lists it; undefined where nothing is known of it. */
export function imageFitness(
  { env, reference }: { readonly env: readonly string[]; readonly reference: string | null },
  driver: Driver,
): Fitness | undefined {
  if (reference === null && env.length === 0) return undefined
  const { version, requires } = cudaOf(env) ?? {}
  return fitnessOf({ requires, cudaVersion: version }, driver)
}

/** From what `nvidia-smi` prints, or from `/proc/driver/nvidia/version`; undefined when no driver is told of. */
export function parseDriver(text: string): Driver | undefined {
  const bounded = text.slice(0, MOST_CHARACTERS)
  const version =
    /Driver Version:\s*(\d+(?:\.\d+)+)/.exec(bounded)?.[1] ??
    /NVIDIA UNIX.*?Kernel Module\s+(?:for \S+\s+)?(\d+(?:\.\d+)+)/.exec(bounded)?.[1]
  if (version === undefined) return undefined
  const cuda = /CUDA Version:\s*(\d+\.\d+)/.exec(bounded)?.[1]
  const brand = brandOf(bounded)
  return { version, ...(cuda !== undefined && { cuda }), ...(brand !== undefined && { brand }) }
}

function brandOf(text: string): string | undefined {
  if (/GeForce/i.test(text)) return 'geforce'
  if (/Quadro|RTX (?:PRO|A?\d{4})/i.test(text)) return 'quadro'
  return /Tesla|NVIDIA (?:[ABHLTVP]\d|GH200|GB\d)/.test(text) ? 'tesla' : undefined
}

type Verdict = Fitness['verdict']

function allOf(conditions: readonly Condition[], driver: Driver): Verdict {
  const verdicts = new Set(conditions.map((condition) => holds(condition, driver)))
  if (verdicts.has('fails')) return 'fails'
  return verdicts.has('depends') ? 'depends' : 'meets'
}

function holds({ name, comparison, value }: Condition, driver: Driver): Verdict {
  if (name === 'brand') {
    if (driver.brand === undefined) return 'depends'
    return (driver.brand === value) === (comparison === '=') ? 'meets' : 'fails'
  }
  const has = name === 'cuda' ? broughtBy(driver) : name === 'driver' ? driver.version : undefined
  if (has === undefined) return 'depends'
  return compares(compareVersions(has, value), comparison) ? 'meets' : 'fails'
}

function compares(order: number, comparison: Condition['comparison']): boolean {
  switch (comparison) {
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    default:
      return comparison satisfies never
  }
}

/** By their numbers, as far as the shorter one goes: `535.104.05` is `>=470` and `<536`. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [
    number[],
    number[],
  ]
  for (const [index, number] of right.entries()) {
    const difference = (left[index] ?? 0) - number
    if (difference !== 0) return difference
  }
  return 0
}

/** The newest CUDA that a driver brings: as it said, or by its version. */
function broughtBy(driver: Driver): string | undefined {
  return (
    driver.cuda ??
    leastDrivers.findLast(([, least]) => compareVersions(driver.version, least) >= 0)?.[0]
  )
}

function leastCuda(requirement: Requirement): string | undefined {
  const versions = requirement
    .flat()
    .flatMap(({ name, comparison, value }) => (name === 'cuda' && comparison === '>=' ? value : []))
  return versions.toSorted(compareVersions)[0]
}

function leastDriver(cuda: string): string | undefined {
  return leastDrivers.find(([version]) => version === cuda)?.[1]
}

/** `driver>=470,driver<471` is branch 470. */
function driverBranch(conditions: readonly Condition[]): string | undefined {
  return conditions.find(({ name, comparison }) => name === 'driver' && comparison === '>=')?.value
}

/** CUDA Toolkit Release Notes, "CUDA Toolkit and Corresponding Driver Versions", Linux x86_64; in rising order. */
const leastDrivers: readonly (readonly [cuda: string, driver: string])[] = [
  ['9.0', '384.81'],
  ['9.1', '390.46'],
  ['9.2', '396.26'],
  ['10.0', '410.48'],
  ['10.1', '418.39'],
  ['10.2', '440.33'],
  ['11.0', '450.51.05'],
  ['11.1', '455.23'],
  ['11.2', '460.27.04'],
  ['11.3', '465.19.01'],
  ['11.4', '470.42.01'],
  ['11.5', '495.29.05'],
  ['11.6', '510.39.01'],
  ['11.7', '515.43.04'],
  ['11.8', '520.61.05'],
  ['12.0', '525.60.13'],
  ['12.1', '530.30.02'],
  ['12.2', '535.54.03'],
  ['12.3', '545.23.06'],
  ['12.4', '550.54.14'],
  ['12.5', '555.42.02'],
  ['12.6', '560.28.03'],
  ['12.8', '570.26'],
  ['12.9', '575.51.03'],
  ['13.0', '580.65.06'],
]
