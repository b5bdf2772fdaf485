import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { unpacked } from './packages.ts'

// What has been packaged, and the tests of the command line once more, with the packaged program: `npm run test:package`.
// One after another, for all want the same display and processor.
export default defineConfig({
  test: {
    include: [
      'test/package/**/*.test.ts',
      'test/cli/{carried,destination,inventory,replicate-*,second-run,verify}.test.ts',
    ],
    env: { NGC_REPLICATOR_TEST_PROGRAM: join(unpacked, 'ngc-replicator') },
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
})
