import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { z } from 'zod'
import type { Events } from '../../main/api/contract.ts'
import type { PackedApp } from '../../main/carried-app/pack-app.ts'
import { createDesktop, type Desktop } from '../../main/desktop/desktop.ts'
import { kept, type KeepName, type Kept } from '../../main/desktop/kept.ts'
import type { Keep, Ports, SecretName } from '../../main/desktop/ports.ts'
import type { Report, SavingThread } from '../../main/desktop/saving/messages.ts'
import { serveSaving } from '../../main/desktop/saving/serve-saving.ts'
import type { FoundDrive } from '../../main/disk/drive-list.ts'
import type { Sandbox } from '../../main/sandbox/sandbox.ts'

/** The desktop's services on a real sandbox and real files, where Electron would give dialogs and a key store. */
export type TestDesktop = Desktop & {
  folder: string
  /** The last of each event. */
  last: Partial<Events>
  notices: string[]
  logged: string[]
  /** What the next dialogs answer. */
  chosen: { folder?: string; save?: string; certificates?: string[]; list?: string }
  /** Ends it as `kill -9` would: nothing is told, nothing is saved any more. */
  kill: () => Promise<void>
}

export type TestOptions = {
  sandbox: Sandbox
  /** Where everything is kept; a second start in it finds what the first left. */
  folder: string
  secrets?: Map<string, string> | undefined
  drives?: () => Promise<FoundDrive[]>
  /** As if it were installed. */
  app?: PackedApp | undefined
}

export async function startDesktop(options: TestOptions): Promise<TestDesktop> {
  const { sandbox, folder, secrets } = options
  const last: Partial<Events> = {}
  const notices: string[] = []
  const logged: string[] = []
  const chosen: TestDesktop['chosen'] = {}
  let isDead = false
  mkdirSync(join(folder, 'kept'), { recursive: true })
  const memory = new Map<SecretName, string>()
  const ports: Ports = {
    keep: (name) => keepIn(join(folder, 'kept'), name, () => isDead),
    secrets: {
      canKeep: secrets !== undefined,
      get: async (name) => secrets?.get(name) ?? memory.get(name),
      async set(name, text) {
        ;(secrets ?? memory).set(name, text)
        return secrets === undefined ? 'memory' : 'store'
      },
      async remove(name) {
        ;(secrets ?? memory).delete(name)
      },
    },
    dialogs: {
      chooseFolder: async () => chosen.folder,
      chooseCertificates: async () => chosen.certificates,
      chooseList: async () => chosen.list,
      chooseSavePath: async () => chosen.save,
    },
    system: {
      openAddress: async () => undefined,
      copy: async () => undefined,
      showFile: () => undefined,
      openFolder: async () => undefined,
    },
    publish: (name, payload) => void Object.assign(last, { [name]: payload }),
    notify: (message) => void notices.push(message),
    log: (line, error) =>
      void logged.push(error instanceof Error ? `${line} ${error.stack}` : line),
    startSandbox: async () => ({ site: sandbox.site, close: async () => undefined }),
    startSaving: () => startSavingHere(folder),
    app: options.app,
    logsFolder: join(folder, 'logs'),
    machineFolder: folder,
    catalogueFolder: join(folder, 'catalogue'),
  }
  const { drives = async () => [] } = options
  const desktop = await createDesktop({ ports, drives, offlineRetryMs: 200, occupiedRetryMs: 50 })
  return {
    ...desktop,
    folder,
    last,
    notices,
    logged,
    chosen,
    async kill() {
      isDead = true
      await desktop.close()
    },
  }
}

/** Behind a real channel, so that only what can be cloned gets through. */
function startSavingHere(machineFolder: string): SavingThread {
  const { port1, port2 } = new MessageChannel()
  port2.on('message', serveSaving({ machineFolder, send: (report) => port2.postMessage(report) }))
  return {
    send: (order) => port1.postMessage(order),
    hear: (report) => void port1.on('message', (message: Report) => report(message)),
    end: async () => port1.close(),
  }
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'ngc-desktop-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

function keepIn<Name extends KeepName>(
  folder: string,
  name: Name,
  isDead: () => boolean,
): Keep<Kept[Name]> {
  const path = join(folder, `${name}.json`)
  const schema = kept[name].schema as unknown as z.ZodType<Kept[Name]>
  let value = kept[name].initial as unknown as Kept[Name]
  try {
    value = schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Nothing was kept yet.
  }
  return {
    get: () => value,
    set(next) {
      value = next
      if (!isDead()) writeFileSync(path, JSON.stringify(next))
    },
  }
}
