import { ActionIcon } from '@mantine/core'
import { IconCopy, IconShieldCheck, IconX } from '@tabler/icons-react'
import type { LibraryRow } from '../../../main/api/shapes.ts'
import { FailedFace, Loading } from '../../components/face.tsx'
import { MoreButton } from '../../components/more-button.tsx'
import { useAsked } from '../../components/use-asked.ts'
import { SmallButton } from '../../components/small-button.tsx'
import { partsOf } from '../../format/reference.ts'
import { attempt, copy } from '../../stores/attempt.ts'
import { Fitness } from './fitness.tsx'
import { imageActions } from './image-actions.ts'
import { ImageFacts } from './image-facts.tsx'
import { LoadWays } from './load-ways.tsx'
import { Records } from './records.tsx'
import { Strata } from './strata.tsx'

/** One image of the library, as far as its own documents tell. */
export function ImageDetail(props: { grant: string; row: LibraryRow; close: () => void }) {
  const { grant, row, close } = props
  const [image, retry] = useAsked('library.image', { grant, id: row.id })
  const { name, tag } = partsOf(row.reference ?? row.file)
  return (
    <aside className="image-detail" aria-label="Image" tabIndex={0}>
      <div className="row">
        <h2 className="cut" title={row.reference ?? row.file}>
          {row.reference === undefined ? row.file : `${name} ${tag}`}
        </h2>
        <SmallButton
          className="push"
          icon={IconShieldCheck}
          onClick={() => void attempt('library.verify', { grant, ids: [row.id] })}
        >
          Verify
        </SmallButton>
        <MoreButton
          title={row.reference === undefined ? row.file : `${name} ${tag}`}
          actions={() => imageActions(grant, row)}
        />
        <ActionIcon variant="subtle" color="gray" aria-label="Close image" onClick={close}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      {row.digest !== undefined && <Digest digest={row.digest} />}
      {image.state === 'failed' && <FailedFace failure={image} retry={retry} />}
      {(image.state === 'loading' || image.state === 'idle') && (
        <Loading label="Reading the image" rows={5} />
      )}
      {image.state === 'ready' && (
        <>
          <Strata layers={image.value.layers} />
          <Fitness grant={grant} image={image.value} />
          <LoadWays image={image.value} />
          <Records records={row.records ?? []} />
          {/* Verified is what the list says: it may have been read back since the image was asked for. */}
          <ImageFacts
            image={row.verified ? { ...image.value, verified: row.verified } : image.value}
          />
        </>
      )}
    </aside>
  )
}

function Digest({ digest }: { digest: string }) {
  return (
    <div className="row">
      <code className="cut soft selectable" title={digest}>
        {digest}
      </code>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Copy digest"
        onClick={() => void copy(digest, 'the digest')}
      >
        <IconCopy size={16} aria-hidden />
      </ActionIcon>
    </div>
  )
}
