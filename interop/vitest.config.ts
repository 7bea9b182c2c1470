import { defineConfig } from 'vitest/config'

/** Tests against other people's software. They fetch it, so they are slow and run apart from the rest. */
// Not `module`: what packages keep there is for bundlers, and Node cannot load it.
const conditions = ['dayshift-source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['interop/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['tests/seed.ts', 'interop/comparisons.ts'],
    reporters: ['default', './interop/summary.ts'],
    expect: { requireAssertions: true },
    testTimeout: 300_000,
    // The first test to need a peer installs it, from wherever the machine gets its packages.
    hookTimeout: 900_000,
    maxWorkers: 2,
    // Python keeps what it has compiled, whatever this machine says, for it is not compiled when it is installed.
    env: { NO_COLOR: '1', TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '' },
  },
})
