import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import type {
  About,
  CatalogueList,
  Comparison,
  DeliveryView,
  EnginesView,
  FitnessView,
  LibraryImage,
  LibraryView,
  LoadPlanView,
  Notice,
  Place,
  Places,
  PlanView,
  PushDefaults,
  PushPlanView,
  RepositoryDetail,
  Selection,
  Session,
  Settings,
  TagList,
  TransfersView,
  ViewName,
} from './shapes.ts'
import {
  compared,
  dropped,
  grant,
  id,
  ids,
  path,
  platform,
  reference,
  references,
  rules,
  settingsChange,
  short,
  some,
} from './inputs.ts'

/**
 * Every call that the window can make: what it may send, parsed before a handler sees it, and what
 * comes back. A new call is a line here and a handler; nothing else on the way knows its name.
 */
export const contract = {
  'app.about': takes(nothing()).gives<About>(),
  'app.copy': takes(z.strictObject({ text: z.string().max(20_000) })).gives<void>(),
  /** Only listed https hosts are opened. */
  'app.open': takes(z.strictObject({ address: z.string().max(2_000) })).gives<void>(),
  'notices.list': takes(nothing()).gives<Notice[]>(),
  'notices.dismiss': takes(z.strictObject({ id: z.string().max(64) })).gives<Notice[]>(),

  'session.get': takes(nothing()).gives<Session>(),
  'session.begin': takes(z.strictObject({ as: z.enum(['guest', 'sandbox']) })).gives<Session>(),
  /** Checked at its service before it is kept. */
  'session.enterKey': takes(z.strictObject({ key: z.string().min(1).max(4_096) })).gives<Session>(),
  /** Forgets the key and goes back to the start. */
  'session.end': takes(nothing()).gives<Session>(),

  'settings.get': takes(nothing()).gives<Settings>(),
  'settings.change': takes(settingsChange).gives<Settings>(),
  /** Asks for PEM files with a dialog. */
  'settings.addCertificates': takes(nothing()).gives<Settings>(),
  'settings.removeCertificate': takes(id()).gives<Settings>(),
  'settings.showLogs': takes(nothing()).gives<void>(),

  'catalogue.get': takes(nothing()).gives<CatalogueList>(),
  'catalogue.refresh': takes(nothing()).gives<void>(),
  'catalogue.repository': takes(z.strictObject({ path })).gives<RepositoryDetail>(),
  /** The address of its page in NVIDIA's catalogue. */
  'catalogue.page': takes(z.strictObject({ path })).gives<string>(),
  /** Of the index or manifest that the reference means now; the registry is asked. */
  'catalogue.digest': takes(z.strictObject({ reference })).gives<string>(),
  /** A data: address of a picture; null where there is none to draw. Fetched when it is first asked for. */
  'catalogue.logo': takes(id()).gives<string | null>(),
  'catalogue.tags': takes(z.strictObject({ path })).gives<TagList>(),

  'selection.get': takes(nothing()).gives<Selection>(),
  'selection.add': takes(z.strictObject({ references })).gives<void>(),
  /** Images of a list, each for its own platform. Asks for the file with a dialog; null when the user changed their mind. */
  'selection.openList': takes(nothing()).gives<{ added: number } | null>(),
  /**
   * A dropped list: its images, each for its own platform, are added; any other text is given back for `selection.parse`.
   * The window gives the `File`s, as for `places.drop`; the first one counts.
   */
  'selection.drop': takes(dropped).gives<{ added: number } | { text: string }>(),
  /** What a comparison found missing or different; see `library.compare`. */
  'selection.addMissing': takes(compared).gives<{ added: number }>(),
  'selection.remove': takes(z.strictObject({ references })).gives<void>(),
  'selection.clear': takes(nothing()).gives<void>(),
  'selection.setPlatform': takes(z.strictObject({ platform })).gives<void>(),
  /** What rules would select, without selecting it. */
  'selection.preview': takes(rules).gives<{ references: string[]; failures: string[] }>(),
  /** References, `docker pull` lines and catalogue addresses, one a line; what is none of these is told. */
  'selection.parse': takes(z.strictObject({ text: z.string().max(200_000) })).gives<{
    references: string[]
    unknown: string[]
  }>(),

  'places.get': takes(nothing()).gives<Places>(),
  /** Asks with a dialog; null when the user changed their mind. */
  'places.choose': takes(nothing()).gives<Place | null>(),
  /**
   * Folders or tarballs that were dropped on the window; a tarball stands for its folder. The window gives the `File`s
   * themselves, `call('places.drop', files)`: the preload turns them into paths, and takes nothing else for this call.
   */
  'places.drop': takes(dropped).gives<Place[]>(),
  'places.show': takes(
    z.strictObject({ grant, file: z.string().max(255).optional() }),
  ).gives<void>(),
  'places.eject': takes(z.strictObject({ grant })).gives<void>(),

  'plan.make': takes(z.strictObject({ grant })).gives<PlanView>(),
  /** Asks where with a dialog; false when the user changed their mind. */
  'plan.save': takes(
    z.strictObject({ id: short, format: z.enum(['csv', 'json', 'md']) }),
  ).gives<boolean>(),

  'transfers.get': takes(nothing()).gives<TransfersView>(),
  'transfers.start': takes(z.strictObject({ plan: short })).gives<void>(),
  'transfers.pause': takes(some()).gives<void>(),
  'transfers.resume': takes(some()).gives<void>(),
  /** What was fetched stays, to go on with, unless it is to be removed. */
  'transfers.cancel': takes(some().extend({ remove: z.boolean() })).gives<void>(),
  'transfers.retry': takes(some()).gives<void>(),
  /** Takes what has ended off the list. */
  'transfers.clear': takes(nothing()).gives<void>(),
  'transfers.move': takes(
    z.strictObject({ id: short, by: z.union([z.literal(-1), z.literal(1)]) }),
  ).gives<void>(),

  'library.open': takes(z.strictObject({ grant })).gives<LibraryView>(),
  'library.image': takes(z.strictObject({ grant, id: short })).gives<LibraryImage>(),
  'library.verify': takes(z.strictObject({ grant, ids })).gives<void>(),
  'library.stopVerifying': takes(z.strictObject({ grant })).gives<void>(),
  /** With this machine's driver, or with the one in what `nvidia-smi` printed on another. */
  'library.fitness': takes(
    z.strictObject({ grant, id: short, nvidiaSmi: z.string().max(20_000).optional() }),
  ).gives<FitnessView>(),
  /** What the folder lacks of another one, of a list that a dialog asks for, or of the selection. Null: changed their mind. */
  'library.compare': takes(
    z.strictObject({
      grant,
      wanted: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('folder'), grant }),
        z.strictObject({ kind: z.literal('list') }),
        z.strictObject({ kind: z.literal('selection') }),
      ]),
    }),
  ).gives<Comparison | null>(),
  /** As `missing.json`. Asks where with a dialog; false when the user changed their mind. */
  'library.saveMissing': takes(compared).gives<boolean>(),
  'library.export': takes(
    z.strictObject({ grant, format: z.enum(['html', 'csv', 'json']) }),
  ).gives<boolean>(),

  /** Looks anew which engines this machine has. */
  'engines.find': takes(nothing()).gives<EnginesView>(),
  /** What loading these images into an engine that was found would do; nothing is loaded. */
  'load.plan': takes(z.strictObject({ grant, ids, engine: short })).gives<LoadPlanView>(),
  'load.start': takes(z.strictObject({ plan: short })).gives<void>(),
  'push.defaults': takes(nothing()).gives<PushDefaults>(),
  /** Asks the registry what it has; nothing is pushed. An absent password is the one of the last plan, if it is the same login. */
  'push.plan': takes(
    z.strictObject({
      grant,
      ids,
      to: z.string().min(1).max(500),
      username: z.string().max(200),
      password: z.string().max(4_096).optional(),
      isInsecureAllowed: z.boolean(),
    }),
  ).gives<PushPlanView>(),
  'push.start': takes(z.strictObject({ plan: short })).gives<void>(),
  'delivery.get': takes(nothing()).gives<DeliveryView>(),
  'delivery.stop': takes(nothing()).gives<void>(),
  /** Takes what has ended off the screen. */
  'delivery.clear': takes(nothing()).gives<void>(),
}

/** Every event that the window can hear. They announce the whole new state and never steer. */
export type Events = {
  'notices.changed': Notice[]
  'session.changed': Session
  'settings.changed': Settings
  'catalogue.changed': CatalogueList
  'selection.changed': Selection
  'places.changed': Places
  'transfers.changed': TransfersView
  'library.changed': LibraryView
  'delivery.changed': DeliveryView
  /** From the menu, the file manager or a second start: show this view, and open this place in it. */
  'view.asked': { view: ViewName; place?: Place }
}

export type CallName = keyof typeof contract
export type Input<Name extends CallName> = z.output<(typeof contract)[Name]['input']>
/** What the window gives to the bridge: the input, except where only the preload may make it. */
export type Sent<Name extends CallName> = Name extends `${string}.drop`
  ? readonly File[]
  : Input<Name>
export type Output<Name extends CallName> = Given<(typeof contract)[Name]>

/** One handler for each call. Parts of the host build their share: `Pick<Handlers, 'app.about'>`. */
export type Handlers = {
  [Name in CallName]: (input: Input<Name>) => Output<Name> | Promise<Output<Name>>
}

/** How every call is answered: Electron's `invoke` keeps only the message of an error. */
export type Envelope<Value = unknown> = { ok: true; value: Value } | { ok: false; error: Failure }

export type Failure = {
  /** 'internal' is a bug of ours; all others are expected. */
  code: ErrorCode | 'internal'
  message: string
  hint?: string
}

/** What the preload puts on `window.replicator`. Nothing else, ever. */
export type Bridge = {
  call: (name: string, input: unknown) => Promise<Envelope>
  /** Hears every event; the returned function stops it. */
  listen: (listener: (name: string, payload: unknown) => void) => () => void
}

type Call<Schema extends z.ZodType, Value> = { input: Schema; output?: Value }
type Given<Entry> = Entry extends { output?: infer Value } ? Value : never

/** The output is a type alone: our own values need no parsing on their way to our own window. */
function takes<Schema extends z.ZodType>(input: Schema) {
  return { gives: <Value>(): Call<Schema, Value> => ({ input }) }
}

function nothing() {
  return z.strictObject({})
}
