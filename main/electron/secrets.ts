import { safeStorage } from 'electron'
import { z } from 'zod'
import type { SecretName, Secrets } from '../desktop/ports.ts'
import type { Store } from './store.ts'

/** What is on disk: encrypted by the system's key store, as base64. */
export const keptSecrets = z.object({
  version: z.literal(1),
  secrets: z.record(z.string(), z.string()),
})

export type KeptSecrets = z.output<typeof keptSecrets>

/** The system's key store where it has one, and memory where it has none. The application must be ready. */
export async function openSecrets(store: Store<KeptSecrets>): Promise<Secrets> {
  const cipher = await openCipher()
  const memory = new Map<SecretName, string>()
  return {
    canKeep: cipher !== undefined,
    async get(name) {
      const known = memory.get(name)
      if (known !== undefined) return known
      const { [name]: encrypted } = store.get().secrets
      if (encrypted === undefined || !cipher) return undefined
      return await cipher.decrypt(Buffer.from(encrypted, 'base64'))
    },
    async set(name, text) {
      memory.set(name, text)
      if (!cipher) return 'memory'
      const encrypted = (await cipher.encrypt(text)).toString('base64')
      store.set({ version: 1, secrets: { ...store.get().secrets, [name]: encrypted } })
      return 'store'
    },
    async remove(name) {
      memory.delete(name)
      const { [name]: gone, ...others } = store.get().secrets
      if (gone !== undefined) store.set({ version: 1, secrets: others })
    },
  }
}

type Cipher = {
  encrypt: (text: string) => Promise<Buffer>
  decrypt: (bytes: Buffer) => Promise<string>
}

/** Older Electrons have only the calls that block, newer ones prefer those that do not. */
async function openCipher(): Promise<Cipher | undefined> {
  // On Linux without a key store Electron falls back to a password that stands in its own source.
  const isPlain =
    process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text'
  if (isPlain) return undefined
  if ('isAsyncEncryptionAvailable' in safeStorage) {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return undefined
    return {
      encrypt: (text) => safeStorage.encryptStringAsync(text),
      decrypt: async (bytes) => (await safeStorage.decryptStringAsync(bytes)).result,
    }
  }
  return openBlockingCipher(safeStorage)
}

function openBlockingCipher(storage: Electron.SafeStorage): Cipher | undefined {
  if (!storage.isEncryptionAvailable()) return undefined
  return {
    encrypt: async (text) => storage.encryptString(text),
    decrypt: async (bytes) => storage.decryptString(bytes),
  }
}
