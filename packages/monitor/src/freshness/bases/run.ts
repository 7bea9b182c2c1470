import { isAddress } from '@dayshift/core'
import { lookAtFiles } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'
import { newestFilled } from '../newest-filled.ts'

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
 * When a run that writes the data last succeeded, by the lineage log. A run that wrote no row does not count, nor does one whose
 * files are not there any more, are broken or without a row.
 *
 * @param lastRun finds it; undefined where there is none
 * @example runBasis(async () => ({ runId: '…', job: 'nightly', endedAt: '2026-11-23T06:00:00Z', rows: 26115 }))
 */
export function runBasis(lastRun: () => Promise<LastRun | undefined>): Basis {
  return {
    name: 'run',
    read: async (look) => {
      const evidence = { basis: 'run', time: null, findings: [] } as const
      const absent = await absentFrom(look)
      if (absent) return { ...evidence, ...absent }
      const run = await lastRun()
      if (!run)
        return { ...evidence, absent: 'no_run', subject: `no run in the log has written ${look.paths.join(', ')}` }
      const subject = `run ${run.runId} of ${run.job}`
      if (run.rows === 0) {
        return { ...evidence, absent: 'empty_run', subject: `${subject} succeeded, and wrote no rows` }
      }
      return { ...evidence, time: Date.parse(run.endedAt), subject }
    },
  }
}

/** Why there is no data, however well a run went. Of what lies in no local file nothing is known. */
async function absentFrom(look: Look): Promise<Pick<Evidence, 'absent' | 'subject'> | undefined> {
  const paths = look.paths.filter((path) => !isAddress(path))
  if (paths.length === 0) return undefined
  const { files, none } = await lookAtFiles(paths, look)
  if (none) return none
  const filled = await newestFilled(files, look)
  return filled.file === undefined ? filled : undefined
}
