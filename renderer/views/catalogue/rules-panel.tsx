import { NumberInput, Switch, TagsInput, TextInput } from '@mantine/core'
import { useState, type ChangeEvent } from 'react'
import type { RulesInput } from '../../../main/api/shapes.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Message } from '../../components/message.tsx'
import { ReferenceName } from '../../components/reference-name.tsx'
import { useAsked } from '../../components/use-asked.ts'
import { count } from '../../format/count.ts'
import { valueOf } from '../../stores/mirror.ts'
import { settings } from '../../stores/mirrors.ts'
import { AddFound } from './add-found.tsx'

/** Rules as the command line has them, and at once what they yield. */
export function RulesPanel({ close, projects }: { close: () => void; projects: string[] }) {
  const known = valueOf(settings.use())?.projects ?? projects
  const [rules, setRules] = useState<RulesInput>({
    projects: known.slice(0, 1),
    images: [],
    strictNameMatch: false,
    exclude: [],
  })
  const change = (part: Partial<RulesInput>) =>
    setRules((before) => withoutEmpty({ ...before, ...part }))
  const field = (name: 'minVersion' | 'pyVersion') => ({
    value: rules[name] ?? '',
    onChange: (event: ChangeEvent<HTMLInputElement>) =>
      change({ [name]: event.currentTarget.value }),
  })
  const [preview] = useAsked('selection.preview', rules, 350)
  const found = preview.state === 'ready' ? preview.value.references : []
  const failures = preview.state === 'ready' ? preview.value.failures : []
  return (
    <Dialog title="Pick by rules" size="xl" close={close}>
      <div className="stack">
        <div className="rules">
          <TagsInput
            label="Projects"
            description="Whose repositories are looked at"
            data={projects}
            value={rules.projects}
            onChange={(value) => change({ projects: value })}
          />
          <TagsInput
            label="Images"
            description="Part of a repository’s path; none means all"
            value={rules.images}
            onChange={(value) => change({ images: value })}
          />
          <TextInput
            label="Since"
            description="YY.MM; tags without a month pass"
            placeholder="24.01"
            {...field('minVersion')}
          />
          <TextInput
            label="Tag contains"
            description="Such as py3"
            placeholder="py3"
            {...field('pyVersion')}
          />
          <NumberInput
            label="Newest of each"
            description="At most so many tags of each repository"
            placeholder="all"
            min={1}
            value={rules.latest ?? ''}
            onChange={(value) =>
              change(typeof value === 'number' && value >= 1 ? { latest: value } : { latest: 0 })
            }
          />
          <TagsInput
            label="Leave out"
            description="Part of a reference"
            value={rules.exclude}
            onChange={(value) => change({ exclude: value })}
          />
        </div>
        <Switch
          label="Image names must match exactly"
          checked={rules.strictNameMatch}
          onChange={(event) => change({ strictNameMatch: event.currentTarget.checked })}
        />
        {preview.state === 'failed' && (
          <Message severity="look" message={preview.message} hint={preview.hint} />
        )}
        {failures.length > 0 && (
          <Message
            severity="look"
            message={`${count(failures.length, 'repository', 'repositories')} could not be asked`}
            hint={failures.slice(0, 3).join(' · ')}
          />
        )}
        {found.length > 0 && (
          <ul className="rules-found selectable" tabIndex={0} aria-label="What the rules yield">
            {found.slice(0, 200).map((reference) => (
              <li key={reference} className="cut">
                <ReferenceName reference={reference} />
              </li>
            ))}
            {found.length > 200 && <li className="soft">and {found.length - 200} more</li>}
          </ul>
        )}
        <div className="row">
          <AddFound
            found={found}
            says={
              preview.state === 'ready'
                ? `${count(found.length, 'image')} match`
                : preview.state === 'loading'
                  ? 'Counting …'
                  : ''
            }
            close={close}
          />
        </div>
      </div>
    </Dialog>
  )
}

/** What was left empty is no rule. */
function withoutEmpty({ minVersion, pyVersion, latest, ...rest }: RulesInput): RulesInput {
  return {
    ...rest,
    ...(minVersion !== undefined && minVersion !== '' && { minVersion }),
    ...(pyVersion !== undefined && pyVersion !== '' && { pyVersion }),
    ...(latest !== undefined && latest >= 1 && { latest }),
  }
}
