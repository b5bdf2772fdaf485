import { About } from './about.tsx'
import { Notices } from './notices.tsx'
import { Start } from './start.tsx'

/** The frame of the window: the rail, and beside it the one view. */
export function Shell() {
  return (
    <div className="shell">
      <header className="rail">
        <p className="name">
          <Mark />
          NGC Replicator
        </p>
        <p className="tagline">NVIDIA NGC container images, carried across an air gap.</p>
        <About />
      </header>
      <main className="view">
        <Notices />
        <Start />
      </main>
    </div>
  )
}

/** Two sides and the gap between them. */
function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="2" y="4" width="8" height="16" rx="2" />
      <rect x="14" y="4" width="8" height="16" rx="2" className="far" />
    </svg>
  )
}
