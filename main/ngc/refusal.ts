import { AppError } from '../api/errors.ts'
import { StatusError } from '../net/failure.ts'
import { pageAddress } from './page.ts'

/** What a status of the catalogue means for whoever asked for that repository; any other error comes back as it is. */
export function explainRefusal(error: unknown, path: string, hasKey: boolean): unknown {
  if (!(error instanceof StatusError)) return error
  const said = (message: string, hint: string): AppError =>
    new AppError(error.code, message, { hint, cause: error })
  switch (error.status) {
    case 401:
    case 403:
      return hasKey
        ? said(`${path} may not be seen with this key.`, OTHER_KEY + pageAddress(path))
        : said(`${path} may not be seen without a key.`, OWN_KEY)
    case 404:
      return said(
        `${path} is not in the catalogue.`,
        hasKey ? `See ${pageAddress(path)}` : 'It may be private: then it needs a key.',
      )
    case 451:
      return said(
        `${path} is restricted: NVIDIA does not offer it in your region.`,
        `See ${pageAddress(path)}`,
      )
    default:
      return error
  }
}

/** The key itself is refused, whatever was asked for. */
export function explainKeyRefusal(error: unknown): unknown {
  if (!(error instanceof StatusError) || (error.status !== 401 && error.status !== 403))
    return error
  return new AppError('unauthorized', 'NVIDIA does not accept this key.', {
    hint: RENEW,
    cause: error,
  })
}

const OWN_KEY = 'Add an NGC key of an org that may see it.'
const OTHER_KEY =
  'The key may have expired, belong to another org, or its licence may have to be accepted first: '
const RENEW =
  'It may be mistyped, expired or revoked. Make a new one at https://org.ngc.nvidia.com/setup/api-keys'
