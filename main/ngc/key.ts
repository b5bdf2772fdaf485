import { AppError } from '../api/errors.ts'
import { Secret } from './secret.ts'

/** What the user gave to be known by. Without a key all public images can be had. */
export type Key =
  | { readonly kind: 'none' }
  | { readonly kind: Exclude<KeyKind, 'none'>; readonly secret: Secret }

/**
 * - `personal`: `nvapi-…`, a personal or service key, used as it is;
 * - `legacy`: an older NGC key, exchanged for tokens;
 * - `dgx`: exactly 40 characters, for the DGX service.
 */
export type KeyKind = 'none' | 'personal' | 'legacy' | 'dgx'

/** The key with its kind, told by its form alone. Throws AppError `usage`, which does not repeat the key. */
export function parseKey(text: string | undefined): Key {
  const key = (text ?? '').trim()
  if (key === '') return { kind: 'none' }
  if (!PRINTABLE.test(key) || key.length > LONGEST) {
    throw new AppError(
      'usage',
      'This is not an NGC key: it has characters that a key cannot have.',
      {
        hint: 'Copy the key again, in one line, from ngc.nvidia.com → Setup → API keys.',
      },
    )
  }
  return { kind: kindOf(key), secret: new Secret(key) }
}

const PRINTABLE = /^[\u0021-\u007e]+$/
const LONGEST = 4096

function kindOf(key: string): Exclude<KeyKind, 'none'> {
  if (key.startsWith('nvapi-')) return 'personal'
  return key.length === 40 ? 'dgx' : 'legacy'
}
