import { useState } from 'react'
import type { LibraryImage } from '../../../main/api/shapes.ts'
import { formatBytes, percent } from '../../format/bytes.ts'
import { count } from '../../format/count.ts'
import { shortDigest } from '../../format/reference.ts'

/** The layers side by side by their sizes; hover or focus says which one it is, and the command that made it. */
export function Strata({ layers }: { layers: LibraryImage['layers'] }) {
  const largest = layers.reduce(
    (best, { sizeBytes }, index) => (sizeBytes > (layers[best]?.sizeBytes ?? 0) ? index : best),
    0,
  )
  const [pointed, setPointed] = useState<number>()
  const total = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const index = pointed ?? largest
  const layer = layers[index]
  if (!layer) return null
  return (
    <section aria-label="Layers">
      <h2>
        {count(layers.length, 'layer')}, {formatBytes(total)}
      </h2>
      <div className="strata" onMouseLeave={() => setPointed(undefined)}>
        {layers.map(({ digest, sizeBytes, createdBy }, position) => (
          <button
            key={`${position}-${digest}`}
            type="button"
            style={{ flexGrow: Math.max(sizeBytes, total / 400) }}
            aria-label={`Layer ${position + 1}, ${formatBytes(sizeBytes)}${createdBy === undefined ? '' : `, ${createdBy.slice(0, 200)}`}`}
            onMouseEnter={() => setPointed(position)}
            onFocus={() => setPointed(position)}
          />
        ))}
      </div>
      <div className="stratum-says">
        <p>
          <span className="strong">
            Layer {index + 1}
            {pointed === undefined && ', the largest'}
          </span>{' '}
          <span className="soft">
            {formatBytes(layer.sizeBytes)}, {percent(layer.sizeBytes, total)} % ·{' '}
            {shortDigest(layer.digest)}
          </span>
        </p>
        <code className="selectable">
          {layer.createdBy ?? 'The image does not say which command made it.'}
        </code>
      </div>
    </section>
  )
}
