export type ViewName = 'catalogue' | 'plan' | 'transfers' | 'library' | 'settings'

export type About = {
  version: string
  electron: string
  chromium: string
  node: string
  platform: string
  /** 'packaged' when installed, 'development' when run from the source. */
  runtime: 'packaged' | 'development'
}

/** Something that happened without being asked for, said once until it is dismissed. */
export type Notice = {
  id: string
  message: string
  hint?: string
}
