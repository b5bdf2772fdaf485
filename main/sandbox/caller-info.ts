import type { Answer } from './answer.ts'
import { ok, refuse } from './catalog-answers.ts'
import { keyName, sandboxOrg } from './keys.ts'

/** `POST /v3/keys/get-caller-info`: whose personal key it is. */
export function callerInfo(form: string): Answer {
  const name = keyName(new URLSearchParams(form).get('credentials') ?? '')
  if (name !== 'personal' && name !== 'narrow') return refuse(401)
  return ok({
    type: 'PERSONAL_KEY',
    orgName: sandboxOrg,
    user: {
      name: 'Sandy Box',
      email: 'sandy@sandbox.invalid',
      roles: [{ org: { name: sandboxOrg, displayName: 'Acme' } }],
    },
  })
}
