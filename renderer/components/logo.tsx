import { useEffect } from 'react'
import { useAsked } from './use-asked.ts'

/** A repository's logo, or a calm letter in its place. Those that are scrolled past are not asked for. */
export function Logo({ name, logo }: { name: string; logo?: string | undefined }) {
  const known = logo === undefined ? undefined : drawn.get(logo)
  const wanted = logo === undefined || known !== undefined ? undefined : { id: logo }
  const [asked] = useAsked('catalogue.logo', wanted, SETTLED_MS)
  const given = asked.state === 'ready' ? asked.value : null
  useEffect(() => {
    if (logo !== undefined && given !== null) remember(logo, given)
  }, [logo, given])
  const source = known ?? given
  return (
    <span className="logo" aria-hidden="true">
      {source === null ? (
        /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase()
      ) : (
        <img src={source} alt="" draggable={false} />
      )}
    </span>
  )
}

/** A row that scrolls back into view shows its logo at once. */
const drawn = new Map<string, string>()
const MOST_DRAWN = 200
const SETTLED_MS = 150

function remember(logo: string, source: string): void {
  drawn.set(logo, source)
  const [oldest] = drawn.keys()
  if (drawn.size > MOST_DRAWN && oldest !== undefined) drawn.delete(oldest)
}
