import { defineConfig } from 'vitest/config'

// What has been packaged: `npm run test:package`. One after another, for all want the same display and processor.
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
})
