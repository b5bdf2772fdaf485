import { AppError, type ErrorCode } from '../../api/errors.ts'
import { pageAddress } from '../../ngc/page.ts'
import { parseReference } from '../../registry/reference.ts'
import type { JobFailure } from './job-schema.ts'

/** What a failed transfer says, and the ways out that its row offers. */
export function failureOf(error: unknown, reference: string): JobFailure {
  if (!(error instanceof AppError)) {
    return {
      code: 'internal',
      message: 'That did not work, because of a mistake in this application.',
      hint: 'Try again; if it stays, the log says more.',
      ways: ['retry'],
    }
  }
  const { code, message, hint } = error
  const ways = waysOut[code] ?? ['retry']
  return {
    code,
    message,
    ...(hint !== undefined && { hint }),
    ways: [...ways],
    ...(ways.includes('open-page') && { page: pageOf(reference) }),
  }
}

const waysOut: Partial<Record<ErrorCode, JobFailure['ways']>> = {
  unauthorized: ['enter-key', 'retry'],
  denied: ['open-page', 'enter-key', 'retry'],
  region: ['open-page'],
  'not-found': ['open-page', 'retry'],
  unsupported: ['open-page'],
  'no-space': ['choose-folder', 'retry'],
  destination: ['retry', 'choose-folder'],
  damaged: ['retry', 'choose-folder'],
  usage: [],
}

function pageOf(reference: string): string {
  return pageAddress(parseReference(reference).repository)
}
