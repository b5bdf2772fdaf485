import type { LibraryImage } from '../../../main/api/shapes.ts'
import { Prose } from '../../components/prose.tsx'
import { Message } from '../../components/message.tsx'
import { formatBytes } from '../../format/bytes.ts'
import { formatMoment } from '../../format/date.ts'

const sources = {
  medium: ', read from the medium',
  cache: ', possibly from the cache',
  unknown: '',
}

/** What the image says of itself. */
export function ImageFacts({ image }: { image: LibraryImage }) {
  const labels = Object.entries(image.labels)
  const facts: [string, string | undefined][] = [
    ['Platform', image.platform],
    ['Created', formatMoment(image.created)],
    ['Saved', formatMoment(image.savedMs)],
    [
      'Verified',
      image.verified &&
        `${formatMoment(image.verified.atMs)}: ${image.verified.ok ? 'intact' : 'damaged'}${sources[image.verified.readFrom ?? 'unknown']}`,
    ],
    ['Driver asked for', image.cuda?.requires],
    ['Entrypoint', image.entrypoint.join(' ')],
    ['Command', image.command.join(' ')],
    ['File', image.files?.join(', ') ?? image.file],
    ['Size', formatBytes(image.sizeBytes)],
  ]
  const problems = [
    ...(image.detail !== undefined && image.detail !== '' ? [{ detail: image.detail }] : []),
    ...image.problems,
  ]
  return (
    <>
      {problems.length > 0 && (
        <section className="stack" aria-label="Problems">
          {problems.map(({ detail }) => (
            <Message key={detail} severity="look" message={detail} />
          ))}
        </section>
      )}
      <section aria-label="Facts">
        <h2>Facts</h2>
        <dl>
          {facts.map(
            ([term, value]) =>
              value !== undefined &&
              value !== '' && (
                <div key={term} style={{ display: 'contents' }}>
                  <dt>{term}</dt>
                  <dd>{value}</dd>
                </div>
              ),
          )}
        </dl>
      </section>
      {image.env.length > 0 && <Lines title="Environment" lines={image.env} />}
      {labels.length > 0 && (
        <Lines title="Labels" lines={labels.map(([key, value]) => `${key}=${value}`)} />
      )}
      {image.description !== undefined && image.description !== '' && (
        <section aria-label="Description">
          <h2>Description</h2>
          <Prose markdown={image.description} />
        </section>
      )}
    </>
  )
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className="selectable">
        {lines.map((line) => (
          <li key={line} style={{ overflowWrap: 'anywhere' }}>
            <code>{line}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}
