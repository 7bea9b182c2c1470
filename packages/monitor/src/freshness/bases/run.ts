import type { Basis } from '../evidence.ts'

/** A run that wrote a dataset. */
export interface LastRun {
  readonly runId: string
  readonly job: string
  /** When it succeeded: ISO 8601. */
  readonly endedAt: string
  /** Rows that it wrote, where it said so. */
  readonly rows?: number | undefined
}

/**
 * When a run that writes the data last succeeded, by the lineage log. A run that wrote no row does not count.
 *
 * @param lastRun finds it; undefined where there is none
 * @example runBasis(async () => ({ runId: '…', job: 'nightly', endedAt: '2026-11-23T06:00:00Z', rows: 26115 }))
 */
export function runBasis(lastRun: () => Promise<LastRun | undefined>): Basis {
  return {
    name: 'run',
    read: async ({ paths }) => {
      const run = await lastRun()
      const evidence = { basis: 'run', time: null, findings: [] } as const
      if (!run) return { ...evidence, absent: 'no_run', subject: `no run in the log has written ${paths.join(', ')}` }
      const subject = `run ${run.runId} of ${run.job}`
      if (run.rows === 0) {
        return { ...evidence, absent: 'empty_run', subject: `${subject} succeeded, and wrote no rows` }
      }
      return { ...evidence, time: Date.parse(run.endedAt), subject }
    },
  }
}
