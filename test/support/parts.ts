import { describe, type SuiteFactory } from 'vitest'
import { lacking, type Part } from './part.ts'

export { has, type Part } from './part.ts'

/** Like `describe`, for tests on real parts: where one is missing they are skipped, and say so; with `CI=true` they fail. */
export function describeWith(parts: readonly Part[], name: string, tests: SuiteFactory): void {
  const lack = lacking(parts)
  if (lack !== undefined) console.warn(`skipped: ${name} ${lack}`)
  describe.skipIf(lack !== undefined)(name, tests)
}
