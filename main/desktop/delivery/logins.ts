import { AppError } from '../../api/errors.ts'
import type { PushDefaults } from '../../api/shapes.ts'
import type { PushTarget } from '../../delivery/push-target.ts'
import type { Ports } from '../ports.ts'

type Asked = { username: string; password?: string | undefined; isInsecureAllowed: boolean }

export type Logins = {
  defaults: () => PushDefaults
  /** The last one was refused. */
  forget: () => void
  /** The login for a plan; undefined where none was given. Remembers where to, and the password until the application ends. */
  use: (
    to: string,
    target: PushTarget,
    asked: Asked,
  ) => { username: string; password: string } | undefined
}

/** Logins of private registries. Passwords are in memory alone, and go to the registry that they were given for. */
export function createLogins(parts: Pick<Ports, 'keep'>): Logins {
  const keep = parts.keep('push')
  const passwords = new Map<string, string>()
  let last: string | undefined

  return {
    defaults() {
      const { to, username, isInsecureAllowed } = keep.get()
      return {
        to,
        username,
        isInsecureAllowed,
        hasPassword: last !== undefined && passwords.has(last),
      }
    },
    forget() {
      if (last !== undefined) passwords.delete(last)
    },
    use(to, { registry }, { username, password, isInsecureAllowed }) {
      const key = keyOf(registry, username)
      if (password !== undefined && password !== '') {
        if (username === '') {
          throw new AppError('usage', 'A password needs a user name.', {
            hint: 'Enter the user name that it belongs to.',
          })
        }
        passwords.set(key, password)
      }
      last = key
      keep.set({ version: 1, to, username, isInsecureAllowed })
      if (username === '') return undefined
      const known = passwords.get(key)
      if (known !== undefined) return { username, password: known }
      throw new AppError('usage', `The password of ${username} is missing.`, {
        hint: 'Enter it, or leave the user name empty for a registry that asks for none.',
      })
    },
  }
}

function keyOf(registry: string, username: string): string {
  return `${username}@${registry}`
}
