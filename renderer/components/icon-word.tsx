import type { Icon } from '@tabler/icons-react'

/** How something stands: an icon, and a word, for those who do not know it by its colour. */
export function IconWord(props: { face: { icon: Icon; tone: string }; word: string }) {
  const { face, word } = props
  const { icon: Mark, tone } = face
  return (
    <span className={`row small ${tone}`} style={{ gap: 4 }}>
      <Mark size={16} aria-hidden />
      <span className="cut">{word}</span>
    </span>
  )
}
