import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { IconClipboardText, IconFilterCog, IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { RepositoryRow } from '../../../main/api/shapes.ts'
import { openPasteBox, usePasteBox } from '../../stores/paste-box.ts'
import { searchMark } from '../shell/shortcuts.ts'
import { choicesOf, useBrowse } from './browse.ts'
import { PasteBox } from './paste-box.tsx'
import { RulesPanel } from './rules-panel.tsx'

/** Search and filters, and the two other ways to pick: by rules, and from a text. */
export function FilterBar({ repositories }: { repositories: readonly RepositoryRow[] }) {
  const { search, project, team, publisher, isSigned } = useBrowse()
  const [asksRules, setAsksRules] = useState(false)
  const isPasting = usePasteBox(({ isOpen }) => isOpen)
  const choices = useMemo(() => choicesOf(repositories, project), [repositories, project])
  return (
    <search className="filters" aria-label="Catalogue">
      <TextInput
        className="search"
        aria-label="Search repositories"
        placeholder="Search repositories"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => useBrowse.setState({ search: event.currentTarget.value })}
        {...searchMark}
      />
      <Choice
        label="Project"
        values={choices.projects}
        value={project}
        change={(value) => useBrowse.setState({ project: value, team: null })}
      />
      {choices.teams.length > 0 && (
        <Choice
          label="Team"
          values={choices.teams}
          value={team}
          change={(value) => useBrowse.setState({ team: value })}
        />
      )}
      <Choice
        label="Publisher"
        values={choices.publishers}
        value={publisher}
        change={(value) => useBrowse.setState({ publisher: value })}
      />
      <Checkbox
        label="Signed"
        checked={isSigned}
        onChange={(event) => useBrowse.setState({ isSigned: event.currentTarget.checked })}
      />
      <Button
        variant="default"
        leftSection={<IconFilterCog size={16} aria-hidden />}
        onClick={() => setAsksRules(true)}
      >
        Rules
      </Button>
      <Button
        variant="default"
        leftSection={<IconClipboardText size={16} aria-hidden />}
        onClick={() => openPasteBox()}
      >
        Paste
      </Button>
      {asksRules && <RulesPanel close={() => setAsksRules(false)} projects={choices.projects} />}
      {isPasting && <PasteBox />}
    </search>
  )
}

function Choice(props: {
  label: string
  values: string[]
  value: string | null
  change: (value: string | null) => void
}) {
  const { label, values, value, change } = props
  return (
    <Select
      className="narrow"
      aria-label={label}
      placeholder={label}
      data={values}
      value={value}
      clearable
      searchable={values.length > 12}
      clearButtonProps={{ 'aria-label': `Any ${label.toLowerCase()}` }}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      onChange={change}
    />
  )
}
