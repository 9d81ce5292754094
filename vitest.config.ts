import { defineConfig } from 'vitest/config'

const IGNORED = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    // Two cores are what the smallest machine has; the database runs beside the tests.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'engines', include: ['engines/**/*.test.ts'], exclude: IGNORED, testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'house',
          include: ['{apps,measures,records,platform,policies,tools,bench}/**/*.test.{ts,tsx}'],
          exclude: IGNORED,
          // One PostgreSQL for the run; every test file clones its own database from a migrated template.
          globalSetup: ['platform/db/testing-server.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
