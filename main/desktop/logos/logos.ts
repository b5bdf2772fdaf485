import { createHash } from 'node:crypto'
import type { Handlers } from '../../api/contract.ts'
import { messageOf } from '../../api/errors.ts'
import type { HttpOptions } from '../../net/http.ts'
import type { Site } from '../../ngc/site.ts'
import type { CatalogueShelf } from '../catalogue-shelf.ts'
import { openLogoLine, type LogoLine } from './logo-line.ts'
import { pictureType } from './picture.ts'

/** Where the catalogue is, and how the network is reached. */
export type LogoReach = () => Promise<{ site: Site; network: HttpOptions }>

export type Logos = {
  /** The name by which the window asks for what is at an address that the catalogue gave. */
  idOf: (address: string) => string
  /** The catalogue is asked anew, perhaps in another way: what failed may be tried again. */
  renew: () => void
  close: () => Promise<void>
  handlers: Pick<Handlers, 'catalogue.logo'>
}

/** The logos that the catalogue names: fetched when the window is about to draw them, and kept on disk. */
export function createLogos(parts: {
  reach: LogoReach
  shelf: Pick<CatalogueShelf, 'viewer' | 'logo' | 'keepLogo'>
  /** Whether the catalogue was out of reach when it was asked last. */
  isOffline: () => boolean
  log: (line: string) => void
}): Logos {
  const { reach, shelf, isOffline, log } = parts
  const addresses = new Map<string, string>()
  /** What is being fetched, and what could not be. */
  const asked = new Map<string, Promise<string | null>>()
  let line: Promise<LogoLine> | undefined
  let closing: Promise<unknown> = Promise.resolve()

  const fetched = async (id: string, address: string): Promise<string | null> => {
    const asker = shelf.viewer()
    const current = (line ??= reach().then(openLogoLine))
    try {
      const bytes = await (await current).fetch(address)
      const picture = dataAddress(bytes)
      if (picture === null) throw new Error(`${new URL(address).host} gave no picture.`)
      shelf.keepLogo(asker, id, bytes)
      asked.delete(id)
      return picture
    } catch (error) {
      if (line === current) log(`A logo is left out: ${messageOf(error)}`)
      return null
    }
  }
  const renew = (): void => {
    const old = line
    line = undefined
    asked.clear()
    // A line that could not be opened needs no closing.
    closing = Promise.all([closing, old?.then((opened) => opened.close()).catch(() => undefined)])
  }

  return {
    idOf(address) {
      const id = createHash('sha256').update(address).digest('hex').slice(0, 32)
      addresses.set(id, address)
      return id
    },
    renew,
    async close() {
      renew()
      await closing
    },
    handlers: {
      async 'catalogue.logo'({ id }) {
        const kept = await shelf.logo(id)
        if (kept) return dataAddress(kept)
        const address = addresses.get(id)
        if (address === undefined || isOffline()) return null
        const known = asked.get(id) ?? fetched(id, address)
        asked.set(id, known)
        return await known
      },
    },
  }
}

function dataAddress(bytes: Uint8Array): string | null {
  const type = pictureType(bytes)
  return type === undefined ? null : `data:${type};base64,${Buffer.from(bytes).toString('base64')}`
}
