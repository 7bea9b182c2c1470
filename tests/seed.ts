import fc from 'fast-check'

/** Properties try the same values on every run, so that a change is what makes one fail. `FC_SEED=7 npm test` tries others. */
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_260_101) })
