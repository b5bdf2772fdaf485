import type { TransferRow } from '../../../main/api/shapes.ts'
import { Bar } from '../../components/bar.tsx'
import { formatBytes } from '../../format/bytes.ts'
import { shortDigest } from '../../format/reference.ts'

/** The layers of one image, each with its own bar. */
export function Layers({ layers }: { layers: TransferRow['layers'] }) {
  return (
    <ul className="layers" aria-label="Layers" tabIndex={0}>
      {layers.map(({ digest, sizeBytes, doneBytes }, index) => (
        <li key={`${index}-${digest}`}>
          <code className="cut" title={digest}>
            {shortDigest(digest)}
          </code>
          <Bar label={shortDigest(digest)} part={doneBytes} whole={sizeBytes} />
          <span className="number soft">
            {doneBytes >= sizeBytes
              ? formatBytes(sizeBytes)
              : `${formatBytes(doneBytes)} of ${formatBytes(sizeBytes)}`}
          </span>
        </li>
      ))}
    </ul>
  )
}
