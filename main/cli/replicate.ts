import { createCore, type PreparedPlan } from '../core.ts'
import { chooseDocker } from '../docker/choose-docker.ts'
import { readImageList } from '../library/image-list.ts'
import { createHistory } from '../library/history/history.ts'
import { machineFolder } from '../library/history/machine-folder.ts'
import { redact } from '../net/redact.ts'
import { parseKey } from '../ngc/key.ts'
import { readSiteFile } from '../ngc/site-file.ts'
import { publicSite } from '../ngc/site.ts'
import { parseReference } from '../registry/reference.ts'
import { readExternalImages } from '../selection/external-images.ts'
import * as event from './events.ts'
import { carriedFiles } from './carried.ts'
import type { Output } from './output.ts'
import { planLines, sourceLines } from './plan-text.ts'
import { printable, printableJson } from '../printable.ts'
import { readKey } from './read-key.ts'
import { callersPath, destinationFolder } from './paths.ts'
import { refuseUnavailable } from './refuse.ts'
import type { ReplicateOptions } from './replicate-options.ts'
import {
  registryOf,
  replicateToRegistry,
  withoutTarballs,
  type ReplicateToRegistry,
} from './replicate-push.ts'
import { rulesOf } from './select-options.ts'
import { createReport, type Report } from './report.ts'
import { createSeedListener, parseProgressUri } from './seed-listener.ts'

/** The main command: select, plan, copy. Returns the exit code; throws what stops it before anything was done. */
export async function replicateCommand(
  references: readonly string[],
  options: ReplicateOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  refuseUnavailable(options)
  registryOf(options)
  const rules = rulesOf(options)
  const progressUri =
    options.progressUri === undefined ? undefined : parseProgressUri(options.progressUri)
  const { externalImages, list, site } = options
  const external =
    externalImages === undefined ? [] : await readExternalImages(callersPath(externalImages))
  const listed = list === undefined ? [] : await readImageList(callersPath(list))
  const carried = await carriedFiles(options)
  const key = await readKey(options.apiKey, signal)
  const secrets = [key, options.registryPassword].filter((secret) => secret !== undefined)
  const complain = (line: string): void => output.complain(printable(redact(line, secrets)))
  if (references.length > 0 && (options.image || options.project) && !options.quiet) {
    complain('Images are named, so --image and --project select nothing besides.')
  }
  let report: Report | undefined
  const longestWaitMs = options.offlineWait
  const docker = options.source === 'docker' ? await chooseDocker(signal) : undefined
  const core = await createCore({
    site: site === undefined ? publicSite : await readSiteFile(callersPath(site)),
    key: parseKey(key),
    connections: options.connections,
    history: createHistory(machineFolder()),
    limitBytesPerSecond: options.limitRate,
    docker: docker && {
      engine: async () => await Promise.resolve(docker),
      keepsImages: !options.remove,
    },
    outage: {
      longestWaitMs,
      offline: (error) => report?.offline(error, longestWaitMs),
      online: () => report?.online(),
    },
    log: options.verbose ? complain : undefined,
    waiting: options.quiet ? undefined : complain,
  })
  const seed = progressUri && createSeedListener(progressUri, complain)
  let push: ReplicateToRegistry | undefined
  try {
    const asked = await core.plan(
      {
        named: references,
        rules,
        external,
        listed: listed.map(({ reference, platform }) => ({
          reference: parseReference(reference),
          platform,
        })),
        platform: options.platform,
        folder: destinationFolder(options.outputPath),
        mayBeReadOnly: options.dryRun,
        maxFileSizeBytes: options.maxFileSize,
        carried,
      },
      signal,
    )
    const prepared = options.exporter ? asked : withoutTarballs(asked)
    const { isWritable, folder } = prepared.plan.destination
    if (!isWritable)
      complain(`${folder} cannot be written to: as it is, nothing can be saved there.`)
    seed?.planned(prepared.plan)
    tellPlan(prepared, options, output)
    if (docker && !options.json && !options.quiet) {
      for (const line of sourceLines(docker.facts.name)) output.print(line)
    }
    const told = { output, waiting: complain }
    push = await replicateToRegistry(core, prepared, options, told, signal)
    if (options.dryRun) {
      return prepared.plan.failures.length + (push?.plan.failures.length ?? 0) > 0 ? 1 : 0
    }
    const failures = [...prepared.plan.failures, ...(push?.refused ?? [])]
    report = await createReport({ ...prepared.plan, failures }, options, output, seed?.listener)
    const { jobs, check, maxFileSize: maxFileSizeBytes } = options
    try {
      const saving = { jobs, check, maxFileSizeBytes, saver: push?.saver(report.pushes) }
      await core.replicate(prepared, saving, report.listener, signal)
      await push?.pushPresent(report.pushes, signal)
      return report.finish()
    } catch (error) {
      return report.finish({ error, wasInterrupted: signal.aborted })
    }
  } finally {
    await seed?.close()
    await push?.close()
    await core.close()
  }
}

function tellPlan(
  { plan }: PreparedPlan,
  { json, quiet, dryRun }: ReplicateOptions,
  output: Output,
): void {
  if (plan.images.length === 0 && plan.failures.length === 0) {
    output.complain('Nothing matches this selection: look at the names, and at --project.')
  }
  if (json) {
    for (const image of plan.images) output.print(printableJson(event.planEvent(image)))
    for (const failure of plan.failures) output.print(printableJson(event.unplannedEvent(failure)))
    for (const file of plan.carried) output.print(printableJson(event.appEvent(file, 'planned')))
    const failed = plan.failures.length
    if (dryRun) output.print(printableJson(event.doneEvent(plan, { saved: 0, failed, bytes: 0 })))
  } else if (!quiet || dryRun) {
    for (const line of planLines(plan)) output.print(line)
  }
}
