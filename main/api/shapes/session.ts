/** Which NGC the window looks at, and as whom. */
export type Session =
  | { kind: 'none' }
  | { kind: 'guest' }
  /** The sample catalogue on this machine. */
  | { kind: 'sandbox' }
  | {
      kind: 'key'
      keyKind: 'personal' | 'legacy' | 'dgx'
      org?: string
      userName?: string
      /** Where the key lives: in the system's key store, or only until the application ends. */
      kept: 'store' | 'memory'
    }
