import { randomUUID } from 'node:crypto'
import { AppError, messageOf } from '../../api/errors.ts'
import type { DeliveryRow, LoadPlanView } from '../../api/shapes.ts'
import { load, type LoadListener } from '../../delivery/load.ts'
import { planLoad, type LoadItem, type LoadPlan } from '../../delivery/load-plan.ts'
import { rememberLoads } from '../../delivery/remember-loads.ts'
import type { ContainerEngine } from '../../docker/engine.ts'
import type { History } from '../../library/history/history.ts'
import { rowOf as engineRow } from './engines.ts'
import { inWords, type Prepared, type Track } from './prepared.ts'

/** Plans to hand tarballs to an engine; loads nothing yet. */
export async function prepareLoad(
  { folder, paths }: { folder: string; paths: readonly string[] },
  engine: ContainerEngine,
  history: History,
  signal: AbortSignal,
): Promise<{ view: LoadPlanView; prepared: Prepared }> {
  const plan = await planLoad({ paths }, engine, signal)
  const ids = new Map(plan.items.map((item, at) => [item, String(at)]))
  return {
    view: viewOf(plan),
    prepared: {
      kind: 'load',
      to: engine.facts.name,
      folder,
      rows: plan.items.map((item, at) => rowOf(item, String(at))),
      run: async (track, stop) => {
        const listener = listenerOf(track, (item) => ids.get(item) ?? '')
        await load(plan, engine, rememberLoads(listener, engine.facts, history), stop)
      },
      close: async () => undefined,
    },
  }
}

function listenerOf(track: Track, idOf: (item: LoadItem) => string): LoadListener {
  return {
    started: (item) => track.change(idOf(item), { phase: 'running' }),
    progress: (item, { phase, readBytes }) =>
      track.change(idOf(item), {
        phase: phase === 'unpacking' ? 'unpacking' : 'running',
        doneBytes: readBytes,
      }),
    loaded: (item) => track.change(idOf(item), { phase: 'done', doneBytes: item.sizeBytes }),
    tagged: (item) =>
      track.change(idOf(item), { phase: 'there', note: 'It was there under another name.' }),
    skipped: (item) => track.change(idOf(item), { phase: 'there' }),
    failed(item, error) {
      const failure =
        error instanceof AppError ? inWords(error) : { message: messageOf(error).slice(0, 500) }
      track.change(idOf(item), { phase: 'failed', failure })
    },
  }
}

function rowOf(item: LoadItem, id: string): DeliveryRow {
  const sizeBytes = item.state === 'refused' ? 0 : item.sizeBytes
  const base = { id, name: nameOf(item), sizeBytes, doneBytes: 0 }
  if (item.state === 'refused') return { ...base, phase: 'failed', failure: inWords(item.error) }
  return { ...base, phase: item.state === 'held' ? 'there' : 'waiting' }
}

function viewOf({ engine, items }: LoadPlan): LoadPlanView {
  const toLoad = items.flatMap((item) => (item.state === 'load' ? [item.space] : []))
  return {
    id: randomUUID(),
    engine: engineRow(engine),
    rows: items.map((item) => ({
      name: nameOf(item),
      state: item.state,
      sizeBytes: item.state === 'refused' ? 0 : item.sizeBytes,
      ...(item.state === 'refused' && { failure: inWords(item.error) }),
    })),
    keptBytes: toLoad.reduce((sum, { keptBytes }) => sum + keptBytes, 0),
    scratchBytes: Math.max(0, ...toLoad.map(({ scratchBytes }) => scratchBytes)),
  }
}

function nameOf({ references, file }: LoadItem): string {
  const [first = file] = references
  return references.length > 1 ? `${first} and ${references.length - 1} more` : first
}
