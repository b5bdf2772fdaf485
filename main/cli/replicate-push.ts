import { printableJson } from '../printable.ts'
import type { Core, PreparedPlan } from '../core.ts'
import { openPush, type PushSettings } from '../delivery/open-push.ts'
import { planReplicationPush, type ReplicationPush } from '../delivery/push-replicated.ts'
import { machineFolder } from '../library/history/machine-folder.ts'
import { parsePushTarget } from '../delivery/push-target.ts'
import type { Output } from './output.ts'
import * as event from './push-events.ts'
import { loginOf } from './push.ts'
import { pushPlanLines } from './push-report.ts'
import type { ReplicateOptions } from './replicate-options.ts'

/** `--registry-url`: what is saved is pushed as well, or pushed only. */
export interface ReplicateToRegistry extends ReplicationPush {
  close(): Promise<void>
}

/** Where to, and as whom; undefined where nobody asked for it. Throws AppError `usage`. */
export function registryOf(
  options: ReplicateOptions,
): Pick<PushSettings, 'target' | 'login'> | undefined {
  if (options.registryUrl === undefined) return undefined
  return {
    target: parsePushTarget(options.registryUrl),
    login: loginOf(options.registryUsername, options.registryPassword),
  }
}

/** Plans it and tells the names; undefined where nobody asked for it. */
export async function replicateToRegistry(
  core: Core,
  { plan, opened }: PreparedPlan,
  options: ReplicateOptions,
  { output, waiting }: Told,
  signal: AbortSignal,
): Promise<ReplicateToRegistry | undefined> {
  const registry = registryOf(options)
  if (registry === undefined) return undefined
  const push = await openPush({
    ...registry,
    limit: core.limit,
    machineFolder: machineFolder(),
    log: options.verbose ? waiting : undefined,
    waiting: options.quiet ? undefined : waiting,
  })
  try {
    const saver = options.exporter ? core.saver(opened, options.maxFileSize) : undefined
    const { folder } = plan.destination
    const parts = { push, registry: core.registry, folder, saver, state: opened.state }
    const planned = await planReplicationPush(plan, parts, signal)
    tellPushPlan(planned, options, output)
    return { ...planned, close: () => push.close() }
  } catch (error) {
    await push.close()
    throw error
  }
}

interface Told {
  readonly output: Output
  /** Takes a line for standard error, and hides what is secret in it. */
  readonly waiting: (line: string) => void
}

function tellPushPlan(
  { plan }: ReplicationPush,
  { json, quiet, dryRun }: ReplicateOptions,
  output: Output,
): void {
  if (json) {
    for (const push of plan.pushes) {
      output.print(printableJson({ ...event.planEvent(push), event: 'push-plan' }))
    }
  } else if (!quiet || dryRun) {
    for (const line of pushPlanLines(plan)) output.print(line)
  }
}

/** The same plan where no tarball is written: it always fits. */
export function withoutTarballs({ plan, opened }: PreparedPlan): PreparedPlan {
  return { opened, plan: { ...plan, writeBytes: 0, missingBytes: 0 } }
}
