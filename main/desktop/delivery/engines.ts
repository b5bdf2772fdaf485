import { createHash } from 'node:crypto'
import { AppError } from '../../api/errors.ts'
import type { EngineRow, EnginesView } from '../../api/shapes.ts'
import { answering, diagnose } from '../../docker/diagnose.ts'
import type { ContainerEngine, EngineFacts } from '../../docker/engine.ts'
import { findEngines, nothingFound } from '../../docker/find-engines.ts'

export type Engines = {
  find: () => Promise<EnginesView>
  /** One that was found. Throws AppError `not-found`. */
  byId: (id: string) => ContainerEngine
}

/** The engines of this machine, as they were found last. The window names them by ids, never by addresses. */
export function createEngines(): Engines {
  let known = new Map<string, ContainerEngine>()
  return {
    async find() {
      const found = await findEngines()
      known = new Map(answering(found).map((engine) => [idOf(engine.facts), engine]))
      const { problems, looked } = diagnose(found)
      const nothing = nothingFound()
      return {
        engines: [...known.values()].map(({ facts }) => rowOf(facts)),
        problems: problems.map(({ where, message, hint }) => ({
          where,
          message,
          ...(hint !== null && { hint }),
        })),
        looked: [...looked],
        ...(known.size === 0 && {
          nothing: {
            message: nothing.message,
            ...(nothing.hint !== undefined && { hint: nothing.hint }),
          },
        }),
      }
    },
    byId(id) {
      const engine = known.get(id)
      if (engine) return engine
      throw new AppError('not-found', 'This engine was not found any more.', {
        hint: 'Look for engines again.',
      })
    },
  }
}

export function rowOf(facts: EngineFacts): EngineRow {
  const { kind, name, origin, address, storageFolder, storageDriver, freeBytes, scratch } = facts
  const driver = storageDriver === undefined ? '' : ` (${storageDriver})`
  return {
    id: idOf(facts),
    kind,
    name,
    origin,
    address,
    ...(storageFolder !== undefined && { storage: `${storageFolder}${driver}` }),
    ...(freeBytes !== undefined && { freeBytes }),
    ...(scratch && { scratch }),
  }
}

function idOf({ kind, address }: EngineFacts): string {
  return createHash('sha256').update(`${kind} ${address}`).digest('hex').slice(0, 24)
}
