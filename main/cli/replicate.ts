import { messageOf } from '../api/errors.ts'
import { createCore, type Core, type PreparedPlan } from '../core.ts'
import { redact } from '../net/redact.ts'
import { parseKey } from '../ngc/key.ts'
import { readSiteFile } from '../ngc/site-file.ts'
import { publicSite } from '../ngc/site.ts'
import { formatReference } from '../registry/reference.ts'
import { readExternalImages } from '../selection/external-images.ts'
import type { ReplicateListener } from '../transfer/replicate.ts'
import * as event from './events.ts'
import { formatBytes, plural } from '../format.ts'
import { printable } from './printable.ts'
import { createLiveProgress } from './live-progress.ts'
import { explain, type Output } from './output.ts'
import { planLines } from './plan-text.ts'
import { createSeedListener, parseProgressUri } from './seed-listener.ts'
import * as given from './replicate-options.ts'

/** The main command: select, plan, copy. Returns the exit code; throws what stops it before anything was done. */
export async function replicateCommand(
  references: readonly string[],
  options: given.ReplicateOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  given.refuseUnavailable(options)
  const rules = given.rulesOf(options)
  const progressUri =
    options.progressUri === undefined ? undefined : parseProgressUri(options.progressUri)
  const { externalImages, site } = options
  const external =
    externalImages === undefined ? [] : await readExternalImages(given.callersPath(externalImages))
  const key = await given.readKey(options.apiKey)
  const log = (line: string): void =>
    output.complain(printable(redact(line, key === undefined ? [] : [key])))
  const core = await createCore({
    site: site === undefined ? publicSite : await readSiteFile(given.callersPath(site)),
    key: parseKey(key),
    connections: options.connections,
    limitBytesPerSecond: options.limitRate,
    log: options.verbose ? log : undefined,
  })
  const seed = progressUri && createSeedListener(progressUri, log)
  try {
    const folder = given.destinationFolder(options.outputPath)
    const prepared = await core.plan(
      { named: references, rules, external, platform: options.platform, folder },
      signal,
    )
    seed?.planned(prepared.plan)
    tellPlan(prepared, options, output)
    if (options.dryRun) return prepared.plan.failures.length > 0 ? 1 : 0
    return await copy(core, prepared, options, output, seed?.listener ?? {}, signal)
  } finally {
    await seed?.close()
    await core.close()
  }
}

function tellPlan(
  { plan }: PreparedPlan,
  { json, quiet, dryRun }: given.ReplicateOptions,
  output: Output,
): void {
  if (json) {
    for (const image of plan.images) output.print(JSON.stringify(event.planEvent(image)))
    for (const failure of plan.failures) output.print(JSON.stringify(event.unplannedEvent(failure)))
    if (dryRun)
      output.print(
        JSON.stringify(event.doneEvent(plan, { saved: 0, failed: plan.failures.length, bytes: 0 })),
      )
  } else if (!quiet || dryRun) {
    for (const line of planLines(plan)) output.print(line)
  }
}

async function copy(
  core: Core,
  prepared: PreparedPlan,
  options: given.ReplicateOptions,
  output: Output,
  seed: ReplicateListener,
  signal: AbortSignal,
): Promise<number> {
  const { plan } = prepared
  const failures = plan.failures.map(({ subject, error }) => ({ subject, error }))
  let saved = 0
  let bytes = 0
  const isQuiet = options.json || options.quiet
  let live =
    output.isTerminal && !isQuiet ? createLiveProgress(process.stdout, plan.writeBytes) : undefined
  const tell = (line: string): void => {
    if (!isQuiet) (live ?? output).print(printable(line))
  }
  const emit = (object: object): void => {
    if (options.json) output.print(JSON.stringify(object))
  }
  for (const image of plan.images) if (image.state === 'present') emit(event.skippedEvent(image))
  const listener: ReplicateListener = {
    started(image) {
      seed.started?.(image)
      if (!live)
        tell(
          `saving ${formatReference(image.reference)} ${image.platform}, ${formatBytes(image.sizeBytes)}`,
        )
    },
    progress(image, progress) {
      live?.update(image, progress)
    },
    fetched(_image, count) {
      bytes += count
    },
    saved(image, files) {
      saved += 1
      live?.end(image)
      seed.saved?.(image, files)
      emit(event.savedEvent(image, files))
      const parts = files.length > 1 ? ` (${plural(files.length, 'part')})` : ''
      tell(
        `saved  ${formatReference(image.reference)} ${image.platform} → ${files[0]?.name ?? ''}${parts}`,
      )
    },
    failed(image, error) {
      failures.push({ subject: `${formatReference(image.reference)} ${image.platform}`, error })
      live?.end(image)
      seed.failed?.(image, error)
      emit(event.failedEvent(image, error))
      tell(`failed ${formatReference(image.reference)} ${image.platform}: ${messageOf(error)}`)
    },
    warned(message) {
      output.complain(printable(message))
    },
  }
  try {
    await core.replicate(
      prepared,
      options.maxFileSize === undefined
        ? options
        : { ...options, maxFileSizeBytes: options.maxFileSize },
      listener,
      signal,
    )
  } finally {
    live?.close()
    live = undefined
    if (signal.aborted)
      output.complain(
        `Interrupted. ${plural(saved, 'image')} saved and kept; run the same command to go on.`,
      )
  }
  emit(event.doneEvent(plan, { saved, failed: failures.length, bytes }))
  tell(
    `Done: ${saved} saved, ${plan.images.length - saved - (failures.length - plan.failures.length)} present, ${failures.length} failed; ${formatBytes(bytes)} fetched.`,
  )
  for (const { subject, error } of failures) {
    const [what = '', ...hints] = explain(error)
    output.complain(`failed: ${printable(subject)}: ${what}`)
    for (const hint of hints) output.complain(`        ${hint}`)
  }
  return failures.length > 0 ? 1 : 0
}
