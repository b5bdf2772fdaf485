import { setTimeout as wait } from 'node:timers/promises'
import type { Http } from '../net/http.ts'

/** A step as the seed's progress protocol has it. */
interface Step {
  status: 'waiting' | 'running' | 'complete' | 'error'
  header: string
  subHeader: string
}

/** Tells a web page how far a run is, in the seed's own protocol: the whole list of steps, by POST, after each change. */
export interface SeedProgress {
  /** Sets a step, in the order of first mention. */
  step(key: string, change: Partial<Step> & Pick<Step, 'status'>): void
  /** Resolves when the last state was told, or could not be within two seconds. */
  settled(): Promise<void>
}

/**
 * `percent` is -1 once the number of steps is known and -2 before, as in the seed. States that follow each other faster
 * than they can be posted are told as the last of them. A page that does not answer never holds up a transfer.
 */
export function createSeedProgress(
  uri: URL,
  http: Http,
  log: (line: string) => void,
): SeedProgress {
  const steps = new Map<string, Step>()
  let isStale = false
  let posting: Promise<void> | undefined

  let hasComplained = false
  const complain = (what: string): void => {
    if (!hasComplained) log(`The progress page ${uri.host} ${what}.`)
    hasComplained = true
  }
  const post = async (): Promise<void> => {
    while (isStale) {
      isStale = false
      const percent = steps.size <= 1 ? -2 : -1
      const body = JSON.stringify({ percent, steps: [...steps.values()] })
      try {
        const headers = { 'content-type': 'application/json' }
        const answer = await http.request(
          uri,
          { method: 'POST', headers, body },
          AbortSignal.timeout(10_000),
        )
        answer.body.resume()
        if (answer.status >= 400) complain(`answered ${answer.status}`)
      } catch {
        complain('could not be told')
      }
    }
    posting = undefined
  }
  return {
    step(key, change) {
      steps.set(key, { header: key, subHeader: '', ...steps.get(key), ...change })
      isStale = true
      posting ??= post()
    },
    async settled() {
      await Promise.race([posting, wait(2_000, undefined, { ref: false })])
    },
  }
}
