/** A folder that the window may name: handed out by a dialog, a drop or the list of drives, never made from a path. */
export type Place = {
  grant: string
  /** For people: the whole path. */
  label: string
  drive?: Drive
}

export type Drive = {
  /** Its label, or its device's name. */
  name: string
  fileSystem?: string
  isRemovable: boolean
  isNetwork: boolean
  isReadOnly: boolean
  /** 0 where it does not tell. */
  totalBytes: number
  /** Absent where it does not tell. */
  freeBytes?: number
  largestFileBytes?: number
}

export type Places = { drives: Place[]; recent: Place[] }
