/** A repository's logo, or a calm letter in its place. */
export function Logo({ name, source }: { name: string; source?: string | undefined }) {
  return (
    <span className="logo" aria-hidden="true">
      {source?.startsWith('data:image/') ? (
        <img src={source} alt="" />
      ) : (
        /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase()
      )}
    </span>
  )
}
