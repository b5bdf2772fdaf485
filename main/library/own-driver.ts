import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readSmallFile } from '../disk/small-file.ts'
import { parseDriver, type Driver } from './driver.ts'

/**
 * The NVIDIA driver of this machine; undefined where there is none. Asks nvidia-smi, which also names the cards and the
 * newest CUDA, but not for long: it hangs where a card does. Then the kernel module (Linux).
 */
export async function readOwnDriver(signal?: AbortSignal): Promise<Driver | undefined> {
  const options = { timeout: LONGEST_MS, killSignal: 'SIGKILL', windowsHide: true } as const
  const printed = await promisify(execFile)('nvidia-smi', [], { ...options, signal }).then(
    ({ stdout }) => stdout,
    () => '',
  )
  signal?.throwIfAborted()
  const asked = parseDriver(printed)
  if (asked !== undefined || process.platform !== 'linux') return asked
  const module = await readSmallFile('/proc/driver/nvidia/version', 10_000).catch(() => '')
  return parseDriver(module)
}

const LONGEST_MS = 5_000
