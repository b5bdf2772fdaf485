import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Watches the memory of a process until it ends; the answer gives the most it had so far, in bytes. Linux only. */
export function watchMemory(child: ChildProcess): () => number {
  let peakBytes = 0
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peakBytes = Math.max(peakBytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024)
    } catch {
      // It has ended.
    }
  }, 20)
  child.once('exit', () => clearInterval(timer))
  return () => peakBytes
}
