import { create } from 'zustand'
import type { RepositoryRow } from '../../../main/api/shapes.ts'
import { projectOf } from '../../format/reference.ts'
import { matches } from '../../format/sort.ts'

export type Filters = {
  search: string
  project: string | null
  team: string | null
  publisher: string | null
  isSigned: boolean
}

export const noFilters: Filters = {
  search: '',
  project: null,
  team: null,
  publisher: null,
  isSigned: false,
}

export type Browse = Filters & { path?: string }

/** What the catalogue shows; kept while other views are looked at. */
export const useBrowse = create<Browse>(() => noFilters)

/** The repositories that pass every filter, in the order they came. */
export function filtered(rows: readonly RepositoryRow[], filters: Filters): RepositoryRow[] {
  const { search, project, team, publisher, isSigned } = filters
  return rows.filter((row) => {
    const place = projectOf(row.path)
    return (
      (project === null || place.project === project) &&
      (team === null || place.team === team) &&
      (publisher === null || row.publisher === publisher) &&
      (!isSigned || row.isSigned) &&
      (search === '' ||
        matches(search, [row.path, row.displayName, row.shortDescription, row.publisher]))
    )
  })
}

/** What there is to filter by; teams are those of the chosen project. */
export function choicesOf(rows: readonly RepositoryRow[], project: string | null) {
  const places = rows.map(({ path }) => projectOf(path))
  return {
    projects: unique(places.map((place) => place.project)),
    teams: unique(
      places
        .filter((place) => project === null || place.project === project)
        .map((place) => place.team),
    ),
    publishers: unique(rows.map(({ publisher }) => publisher)),
  }
}

function unique(values: readonly (string | undefined)[]): string[] {
  const present = values.filter((value) => value !== undefined && value !== '')
  return [...new Set(present as string[])].toSorted((one, other) => one.localeCompare(other))
}
