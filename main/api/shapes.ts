/** The shapes that cross between the window and the core: plain data, whole snapshots, no secrets, no paths that act. */
export type * from './shapes/session.ts'
export type * from './shapes/catalogue.ts'
export type * from './shapes/selection.ts'
export type * from './shapes/places.ts'
export type * from './shapes/plan.ts'
export type * from './shapes/transfers.ts'
export type * from './shapes/library.ts'
export type * from './shapes/settings.ts'
