import { defineConfig } from 'vitest/config'

/** Tests read the packages' sources through this export condition, so they never run against a stale build. */
// Not `module`: what packages keep there is for bundlers, and Node cannot load it.
const conditions = ['dayshift-source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['tests/seed.ts'],
    expect: { requireAssertions: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { NO_COLOR: '1', TZ: 'UTC' },
  },
})
