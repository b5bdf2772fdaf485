import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/e2e/**', 'test/package/**', 'test/kill/**'],
        },
      },
      {
        extends: true,
        test: {
          // What it counts is what was under way when a program was killed: on a busy machine more is.
          name: 'alone',
          include: ['test/kill/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
