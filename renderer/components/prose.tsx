import { lazy, Suspense } from 'react'
import { Loading } from './face.tsx'
import './prose.css'

const SafeMarkdown = lazy(async () => ({ default: (await import('./markdown.tsx')).SafeMarkdown }))

/** A description; what draws it is read when the first one is shown. */
export function Prose({ markdown }: { markdown: string }) {
  return (
    <Suspense fallback={<Loading label="Drawing the description" rows={4} />}>
      <SafeMarkdown markdown={markdown} />
    </Suspense>
  )
}
