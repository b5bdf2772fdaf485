import { ActionIcon, Button, Switch } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Settings } from '../../../main/api/shapes.ts'
import { call } from '../../replicator.ts'
import { sayFailure } from '../../stores/attempt.ts'
import { settings as mirror } from '../../stores/mirrors.ts'
import { LateText } from './late-text.tsx'
import { change, Setting } from './setting.tsx'

type SiteField = 'catalog' | 'auth' | 'registry' | 'dgx' | 'registryName'
const fields: { field: SiteField; title: string; placeholder: string }[] = [
  { field: 'catalog', title: 'Catalogue', placeholder: 'https://api.ngc.nvidia.com' },
  { field: 'auth', title: 'Sign-in', placeholder: 'https://authn.nvidia.com' },
  { field: 'registry', title: 'Registry', placeholder: 'https://nvcr.io' },
  { field: 'dgx', title: 'DGX', placeholder: 'https://compute.nvidia.com' },
  { field: 'registryName', title: 'Registry name', placeholder: 'nvcr.io' },
]

/** The way to NGC: proxy, certificates, and other addresses for a mirror. */
export function NetworkSection({ settings }: { settings: Settings }) {
  const { proxy, extraCertificates, site } = settings
  const [showsSites, setShowsSites] = useState(site !== undefined)
  const setSite = (part: NonNullable<Settings['site']>) =>
    void change({ site: { ...site, ...part } })
  return (
    <section className="card" aria-label="Network">
      <Setting title="Proxy" says="Empty: what the environment says">
        <LateText
          label="Proxy"
          placeholder="http://proxy.example:3128"
          value={proxy}
          set={(value) => void change({ proxy: value })}
        />
      </Setting>
      <Setting
        title="Extra certificates"
        says="PEM files to trust as well, for a proxy that looks inside"
        {...(extraCertificates.length > 0 && {
          below: (
            <ul aria-label="Extra certificates">
              {extraCertificates.map(({ id, name, subject }) => (
                <li key={id} className="row">
                  <span className="cut">
                    {name} <span className="soft tiny">{subject}</span>
                  </span>
                  <ActionIcon
                    className="push"
                    variant="subtle"
                    color="gray"
                    aria-label={`Remove ${name}`}
                    onClick={() => void take(call('settings.removeCertificate', { id }))}
                  >
                    <IconX size={16} aria-hidden />
                  </ActionIcon>
                </li>
              ))}
            </ul>
          ),
        })}
      >
        <div className="plain">
          <Button variant="default" onClick={() => void take(call('settings.addCertificates', {}))}>
            Add certificates
          </Button>
        </div>
      </Setting>
      <Setting title="Other addresses" says="For a mirror of NGC; empty fields are NVIDIA’s own">
        <div className="plain">
          <Switch
            aria-label="Other addresses"
            checked={showsSites}
            onChange={(event) => {
              setShowsSites(event.currentTarget.checked)
              if (!event.currentTarget.checked && site !== undefined) void change({ site: null })
            }}
          />
        </div>
      </Setting>
      {showsSites && (
        <>
          {fields.map(({ field, title, placeholder }) => (
            <Setting key={field} title={title}>
              <LateText
                label={title}
                placeholder={placeholder}
                value={site?.[field] ?? ''}
                set={(value) => setSite({ [field]: value })}
              />
            </Setting>
          ))}
          <Setting title="Allow http" says="Only for a registry on your own network">
            <div className="plain">
              <Switch
                aria-label="Allow http"
                checked={site?.insecure ?? false}
                onChange={(event) => setSite({ insecure: event.currentTarget.checked })}
              />
            </div>
          </Setting>
        </>
      )}
    </section>
  )
}

async function take(answer: Promise<Settings>): Promise<void> {
  try {
    mirror.set(await answer)
  } catch (error) {
    sayFailure(error)
  }
}
