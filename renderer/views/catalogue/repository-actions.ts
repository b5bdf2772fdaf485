import { IconCopy, IconExternalLink, IconLink, IconPlus } from '@tabler/icons-react'
import type { RepositoryRow } from '../../../main/api/shapes.ts'
import type { Action } from '../../stores/actions.ts'
import { attempt, copy } from '../../stores/attempt.ts'
import { pick } from '../../stores/picking.ts'

/** What can be done with a repository as a whole. */
export function repositoryActions(row: RepositoryRow, registry: string): Action[] {
  const { path, latestTag } = row
  const reference = `${registry}/${path}${latestTag === undefined ? '' : `:${latestTag}`}`
  return [
    {
      label: latestTag === undefined ? 'Add newest to selection' : `Add ${latestTag} to selection`,
      icon: IconPlus,
      isDisabled: latestTag === undefined,
      act: () => pick([reference], true),
    },
    {
      label: 'Copy reference',
      icon: IconCopy,
      isApart: true,
      act: () => void copy(reference, reference),
    },
    {
      label: 'Copy address of page',
      icon: IconLink,
      act: () => void withPage(path, async (page) => await copy(page, 'the address')),
    },
    {
      label: 'Open in browser',
      icon: IconExternalLink,
      act: () => void withPage(path, async (address) => await attempt('app.open', { address })),
    },
  ]
}

async function withPage(path: string, action: (page: string) => Promise<unknown>): Promise<void> {
  const page = await attempt('catalogue.page', { path })
  if (page !== undefined) await action(page)
}
