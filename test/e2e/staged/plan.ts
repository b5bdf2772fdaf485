import type { PlanView } from '../../../main/api/shapes.ts'
import { findingsOf, type PlanFacts } from '../../../main/desktop/findings.ts'
import { references } from './catalogue.ts'
import { digest } from './made.ts'
import { stick, small } from './places.ts'

/** Of the plan below; what they lead to is said by main itself. */
const facts: PlanFacts = {
  name: 'KINGSTON',
  isWritable: true,
  isNetwork: false,
  isRemovable: true,
  freeBytes: 124_000_000_000,
  totalBytes: 256_000_000_000,
  writeBytes: 13_150_000_000,
  missingBytes: 0,
  parts: { because: 'FAT32 holds', largestBytes: 4_294_967_295, images: 1 },
  toSave: 2,
  bringsApp: false,
  present: 1,
  savedElsewhere: 1,
  failed: 0,
}

export const plan: PlanView = {
  id: 'plan-1',
  place: stick,
  rows: [
    {
      reference: references[0] ?? '',
      platform: 'linux/amd64',
      state: 'new',
      sizeBytes: 9_120_000_000,
      fetchBytes: 9_120_000_000,
      digest: digest(1),
      notes: [],
    },
    {
      reference: references[1] ?? '',
      platform: 'linux/amd64',
      state: 'changed',
      sizeBytes: 4_030_000_000,
      fetchBytes: 1_310_000_000,
      digest: digest(2),
      notes: ['Was published again since it was saved'],
    },
    {
      reference: references[2] ?? '',
      platform: 'linux/amd64',
      state: 'present',
      sizeBytes: 345_000_000,
      fetchBytes: 0,
      digest: digest(3),
      notes: [],
    },
  ],
  writeBytes: 13_150_000_000,
  fetchBytes: 10_430_000_000,
  sharedBytes: 2_720_000_000,
  freeBytes: 124_000_000_000,
  missingBytes: 0,
  findings: findingsOf(facts),
  app: { sizeBytes: 240_000_000, state: 'left-out' },
  estimate: {
    seconds: 1096,
    bottleneck: 'drive',
    lineBytesPerSecond: 40_000_000,
    driveBytesPerSecond: 12_000_000,
  },
}

export const tightPlan: PlanView = {
  ...plan,
  place: small,
  freeBytes: 12_000_000_000,
  missingBytes: 6_400_000_000,
  writeBytes: 18_400_000_000,
  findings: findingsOf({
    ...facts,
    name: small.drive?.name ?? '',
    freeBytes: 12_000_000_000,
    totalBytes: 16_000_000_000,
    writeBytes: 18_400_000_000,
    missingBytes: 6_400_000_000,
  }),
}
