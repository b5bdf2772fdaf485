import type { Platform } from './selection.ts'

export type Theme = 'system' | 'light' | 'dark'

export type Settings = {
  theme: Theme
  projects: string[]
  platform: Platform
  /** Where images are fetched from: the registry itself, or through Docker. */
  source: 'registry' | 'docker'
  /** Images at once. */
  jobs: number
  connections: number
  limitBytesPerSecond?: number
  maxFileSizeBytes?: number
  verifyAfterWrite: 'removable' | 'always' | 'never'
  /** Put the application on the drive as well. */
  withApp: boolean
  /** Address; empty means what the environment says. */
  proxy: string
  /** PEM files, by their names. */
  extraCertificates: { id: string; name: string; subject: string }[]
  /** Absent: NVIDIA's own. */
  site?: {
    catalog?: string
    auth?: string
    registry?: string
    dgx?: string
    registryName?: string
    insecure?: boolean
  }
  logsFolder: string
  /** False where the system has no key store: keys then live until the application ends. */
  canKeepKeys: boolean
}
