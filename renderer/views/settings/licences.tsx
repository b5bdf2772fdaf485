import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Empty, FailedFace, Loading } from '../../components/face.tsx'
import { Listing } from '../../components/listing.tsx'
import { matches } from '../../format/sort.ts'
import './licences.css'

/** What `scripts/licences.ts` writes beside the page when the application is built. */
type Licence = { name: string; version: string; licence: string; text: string }

type Read =
  | { state: 'loading' }
  | { state: 'ready'; licences: Licence[] }
  | { state: 'failed'; message: string }

/** The packages of other people that come along, each with its licence; read from the application's own files. */
export function Licences({ close }: { close: () => void }) {
  const [read, setRead] = useState<Read>({ state: 'loading' })
  useEffect(() => {
    readLicences().then(
      (licences) => setRead({ state: 'ready', licences }),
      () => setRead({ state: 'failed', message: 'The list of licences cannot be read.' }),
    )
  }, [])
  return (
    <Dialog title="Third-party licences" size={960} close={close}>
      {read.state === 'loading' && <Loading label="Reading the licences" />}
      {read.state === 'failed' && <FailedFace failure={read} />}
      {read.state === 'ready' && <Shelf licences={read.licences} />}
    </Dialog>
  )
}

function Shelf({ licences }: { licences: Licence[] }) {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(licences[0])
  const rows = useMemo(
    () => licences.filter(({ name, licence }) => matches(typed, [name, licence])),
    [licences, typed],
  )
  return (
    <div className="licences">
      <TextInput
        data-autofocus
        aria-label="Search licences"
        placeholder={`Search ${licences.length} packages`}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className="licences-list">
        {rows.length === 0 ? (
          <Empty title={`No package matches “${typed}”`} />
        ) : (
          <Listing
            label="Packages"
            rows={rows}
            rowHeight={44}
            idOf={keyOf}
            isPicked={(row) => row === chosen}
            pick={setChosen}
            moved={setChosen}
          >
            {({ name, version, licence }) => (
              <div className="cut">
                <p className="cut">
                  {name} <span className="soft tiny">{version}</span>
                </p>
                <p className="cut tiny soft">{licence}</p>
              </div>
            )}
          </Listing>
        )}
      </div>
      <pre className="selectable" tabIndex={0} aria-label="Licence">
        {chosen?.text}
      </pre>
    </div>
  )
}

const keyOf = ({ name, version }: Licence): string => `${name} ${version}`

async function readLicences(): Promise<Licence[]> {
  const answer = await fetch('licences.json')
  return (await answer.json()) as Licence[]
}
