import type { Handlers } from '../api/contract.ts'
import { AppError } from '../api/errors.ts'
import type { Session } from '../api/shapes.ts'
import { createHttp, type HttpOptions } from '../net/http.ts'
import { patient } from '../net/retry.ts'
import { checkKey, type KeyOwner } from '../ngc/check-key.ts'
import { parseKey, type Key } from '../ngc/key.ts'
import type { Site } from '../ngc/site.ts'
import { parseSite } from '../ngc/site-file.ts'
import type { Ports, RunningSandbox } from './ports.ts'

export type SessionService = {
  current: () => Session
  /** The key of this session; none for guests. */
  key: () => Key
  /** The sandbox's site, started if need be, in a practice session; else undefined. */
  sandboxSite: () => Promise<Site | undefined>
  onChange: (listener: (session: Session) => void) => void
  close: () => Promise<void>
  handlers: Pick<Handlers, 'session.get' | 'session.begin' | 'session.enterKey' | 'session.end'>
}

export type SessionParts = Pick<
  Ports,
  'keep' | 'secrets' | 'publish' | 'notify' | 'startSandbox'
> & {
  /** How the key's own service is reached: the site of the settings. */
  reach: () => Promise<{ site: Site; network: HttpOptions }>
}

/** Reads the session that was kept; a key that its store does not give any more ends it, which is said. */
export async function openSession(parts: SessionParts): Promise<SessionService> {
  const { secrets, publish, notify, reach } = parts
  const keep = parts.keep('session')
  const listeners: ((session: Session) => void)[] = []
  let sandbox: Promise<RunningSandbox> | undefined
  let key: Key = { kind: 'none' }
  let session = await restore()

  const set = (next: Session): Session => {
    session = next
    keep.set({ version: 1, ...keptForm(next) })
    publish('session.changed', session)
    for (const listener of listeners) listener(session)
    return session
  }
  const stopSandbox = async (): Promise<void> => {
    const running = sandbox
    sandbox = undefined
    await (await running?.catch(() => undefined))?.close()
  }

  return {
    current: () => session,
    key: () => key,
    onChange: (listener) => void listeners.push(listener),
    close: stopSandbox,

    async sandboxSite() {
      if (session.kind !== 'sandbox') return undefined
      sandbox ??= parts.startSandbox()
      sandbox.catch(() => (sandbox = undefined))
      return parseSite(JSON.stringify((await sandbox).site), 'of the sandbox')
    },

    handlers: {
      'session.get': () => session,
      async 'session.begin'({ as }) {
        await secrets.remove('key')
        key = { kind: 'none' }
        return set({ kind: as })
      },
      async 'session.enterKey'({ key: text }) {
        const entered = parseKey(text)
        if (entered.kind === 'none') throw new AppError('usage', 'No key was entered.')
        const { site, network } = await reach()
        const http = createHttp(network)
        let owner: KeyOwner
        try {
          owner = await checkKey({ site, key: entered, http, retry: patient })
        } finally {
          await http.close()
        }
        const kept = await secrets.set('key', entered.secret.reveal())
        key = entered
        const { org, userName } = owner
        return set({
          kind: 'key',
          keyKind: entered.kind,
          ...(org !== undefined && { org }),
          ...(userName !== undefined && { userName }),
          kept,
        })
      },
      async 'session.end'() {
        await secrets.remove('key')
        key = { kind: 'none' }
        const ended = set({ kind: 'none' })
        await stopSandbox()
        return ended
      },
    },
  }

  /** Throws for what is no key: a key store that was set up anew gives bytes that mean nothing. */
  async function keptKey(): Promise<Key | undefined> {
    const text = await secrets.get('key')
    return text === undefined ? undefined : parseKey(text)
  }

  async function restore(): Promise<Session> {
    const { kind, keyKind, org, userName } = keep.get()
    if (kind !== 'key') return { kind }
    const given = await keptKey().catch(() => undefined)
    if (given === undefined || keyKind === undefined) {
      if (secrets.canKeep)
        notify('The key store did not give the key.', 'Enter the key again, or go on as guest.')
      return { kind: 'none' }
    }
    key = given
    return {
      kind: 'key',
      keyKind,
      ...(org !== undefined && { org }),
      ...(userName !== undefined && { userName }),
      kept: 'store',
    }
  }
}

/** A key in memory ends with the application, and its session too. */
function keptForm(session: Session): Omit<Session, 'kept'> {
  if (session.kind !== 'key') return session
  if (session.kept === 'memory') return { kind: 'none' }
  const { kept: _, ...form } = session
  return form
}
