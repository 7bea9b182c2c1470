import { join } from 'node:path'
import { datasetOf } from '@dayshift/core/ground'
import { readLineageLog } from '@dayshift/lineage'
import type { LastRun } from '@dayshift/monitor'
import { LINEAGE_FILE, snapshotsOf } from '../places.ts'
import type { FreshnessPlace } from './place.ts'

/** The last run that wrote a dataset and succeeded, by the lineage log. Of those that the workflow logs itself none counts. */
export async function findLastRun({ path, root, ownJob, signal }: FreshnessPlace): Promise<LastRun | undefined> {
  const { namespace, name } = datasetOf(path, root)
  const { runs } = await readLineageLog(join(root, LINEAGE_FILE), { snapshots: snapshotsOf(root), signal })
  let last: LastRun | undefined
  for (const { runId, job, state, endedAt, outputs } of runs) {
    if (state !== 'COMPLETE' || endedAt === undefined) continue
    if (job.namespace === ownJob?.namespace && job.name === ownJob.name) continue
    const written = outputs.find((output) => output.namespace === namespace && output.name === name)
    if (!written || (last && last.endedAt >= endedAt)) continue
    const rows = written.facets['outputStatistics']?.['rowCount']
    last = { runId, job: job.name, endedAt, ...(typeof rows === 'number' ? { rows } : {}) }
  }
  return last
}
