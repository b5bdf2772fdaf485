import { partsOf } from '../format/reference.ts'

/** A repository's logo, or a calm letter in its place. */
export function Logo({ path, source }: { path: string; source?: string | undefined }) {
  if (source?.startsWith('data:image/')) {
    return (
      <span className="logo" aria-hidden="true">
        <img src={source} alt="" />
      </span>
    )
  }
  const { name } = partsOf(path.includes('/') ? path : `/${path}`)
  return (
    <span className="logo" aria-hidden="true">
      {(name || path).slice(0, 1).toUpperCase()}
    </span>
  )
}
