import { AppError } from '../api/errors.ts'
import { parsePage } from '../ngc/page.ts'
import { formatReference, parseReference } from '../registry/reference.ts'

/**
 * The references in a pasted text: one a line, as such, as a `docker pull` line or as the address of a catalogue page
 * that names a version. Lines that are none are told; empty ones and comments are passed over.
 */
export function parsePasted(
  text: string,
  registryName: string,
): { references: string[]; unknown: string[] } {
  const references = new Set<string>()
  const unknown: string[] = []
  for (const line of text.split(/\r?\n/).map((part) => part.trim())) {
    if (line === '' || line.startsWith('#')) continue
    const reference = parseLine(line, registryName)
    if (reference === undefined) unknown.push(line.slice(0, 200))
    else references.add(reference)
  }
  return { references: [...references], unknown }
}

function parseLine(line: string, registryName: string): string | undefined {
  const page = parsePage(line)
  if (page) {
    const { path, tag, digest, registry } = page
    if (tag === undefined && digest === undefined) return undefined
    return formatReference({
      registry: registry ?? registryName,
      repository: path,
      ...(tag !== undefined && { tag }),
      ...(digest && { digest }),
    })
  }
  try {
    return formatReference(parseReference(line, registryName))
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
