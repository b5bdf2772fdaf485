/** What we put beside the tarballs of a destination, so that a drive explains itself on the far side. */
export const driveFileNames = {
  readme: 'README.txt',
  loadSh: 'load.sh',
  loadPs1: 'load.ps1',
  page: 'inventory.html',
  json: 'inventory.json',
  table: 'inventory.tsv',
} as const

/** Stands in each of these files: one of the same name without it is somebody else's, and is left alone. */
export const MARK = 'NGC Replicator'
