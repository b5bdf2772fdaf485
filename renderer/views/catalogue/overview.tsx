import type { RepositoryDetail } from '../../../main/api/shapes.ts'
import { Prose } from '../../components/prose.tsx'
import { Empty, FailedFace, Loading } from '../../components/face.tsx'
import type { Asked } from '../../components/use-asked.ts'

/** What its publisher says of it. */
export function Overview(props: { detail: Asked<RepositoryDetail>; retry: () => void }) {
  const { detail, retry } = props
  if (detail.state === 'failed') return <FailedFace failure={detail} retry={retry} />
  if (detail.state !== 'ready') return <Loading label="Loading the description" />
  const { description } = detail.value
  if (description === undefined || description.trim() === '')
    return <Empty title="No description">Its publisher has written none.</Empty>
  return (
    <div className="overview" tabIndex={0} role="region" aria-label="Description">
      <Prose markdown={description} />
    </div>
  )
}
