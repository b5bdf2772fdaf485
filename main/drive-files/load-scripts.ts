import { readFileSync } from 'node:fs'

// Files of their own, so that shells and checkers read them as they are; the build puts their texts in here.

/**
 * `load.sh`, for the far side: any POSIX shell, nothing else of ours. It is the same program on every drive; what is there
 * stands in `inventory.tsv` and `SHA256SUMS`, whose texts it compares, prints and opens, and never runs.
 */
export const loadSh = readFileSync(new URL('load.sh', import.meta.url), 'utf8')

/**
 * `load.ps1`, the same for Windows PowerShell 5.1 and PowerShell 7. Bytes never pass a pipe of PowerShell, which before 7.4
 * turns them into text. Only ASCII, since 5.1 reads a script without a mark in the code page of the machine.
 */
export const loadPs1 = readFileSync(new URL('load.ps1', import.meta.url), 'utf8')
