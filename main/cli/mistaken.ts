import { statSync } from 'node:fs'
import { AppError } from '../api/errors.ts'
import { callersPath } from './paths.ts'

/**
 * Refuses what stands where references do and is likely something else: a folder, a command with a slip in it, or a
 * repository without a tag. Throws AppError `usage`.
 */
export function refuseMistaken(references: readonly string[], commands: readonly string[]): void {
  for (const text of references) {
    // There may be folders that are called as images are: `skopeo sync` makes such.
    if (!/[^/\\]:[^/\\]/.test(text) && isFolder(callersPath(text))) {
      throw new AppError('usage', `${text} is a folder, and no image.`, {
        hint: `To see what it holds: ngc-replicator inventory ${text}. To save there: --output-path ${text}.`,
      })
    }
    if (/^[a-z-]+$/i.test(text)) {
      const near = commands.find((name) => isNearly(text, name))
      throw new AppError('usage', `There is no command “${text}”.`, {
        hint: near
          ? `Did you mean “ngc-replicator ${near}”?`
          : '“ngc-replicator --help” lists them. Images are written like nvidia/pytorch:24.01-py3.',
      })
    }
    if (/^[a-z0-9][\w.-]*(?:\/[\w.-]+)+$/.test(text)) {
      throw new AppError('usage', `“${text}” names no tag.`, {
        hint: `Write it like ${text}:24.01-py3, or take the newest: --image ${text} --latest 1.`,
      })
    }
  }
}

/** At most one letter more, less, other, or two changed about. */
function isNearly(text: string, name: string): boolean {
  if (text === name || Math.abs(text.length - name.length) > 1) return false
  let same = 0
  while (same < text.length && text[same] === name[same]) same += 1
  const [left, right] = [text.slice(same), name.slice(same)]
  const isSwapped = left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2)
  return (
    left.slice(1) === right.slice(1) ||
    left.slice(1) === right ||
    left === right.slice(1) ||
    (left.length > 1 && isSwapped)
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
