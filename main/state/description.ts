import { join } from 'node:path'
import { writeFileDurably } from '../disk/durable.ts'

/** Saves a repository's description as markdown beside its images, under the seed's name for it. */
export async function saveDescription(
  folder: string,
  repository: string,
  markdown: string,
): Promise<void> {
  await writeFileDurably(
    join(folder, descriptionName(repository)),
    markdown.endsWith('\n') ? markdown : `${markdown}\n`,
  )
}

export function descriptionName(repository: string): string {
  return `description_${repository.replaceAll(/[^\w./-]/g, '-').replaceAll('/', '%%')}.md`
}
