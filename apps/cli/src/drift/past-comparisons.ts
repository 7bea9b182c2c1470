import { join } from 'node:path'
import type { AnyReport, DatasetRef } from '@dayshift/core'
import { readJournalLines } from '@dayshift/core/ground'
import type { PastComparison } from '@dayshift/monitor'
import { HISTORY_FILE } from '../places.ts'

/** Comparisons that are kept in mind, the newest. */
const MOST = 1000

/**
 * What the history of reports says of earlier comparisons of a dataset with a reference of the same kind: of each version the last. What is
 * compared now is none of them.
 *
 * @param rule of the reference, as reports name it
 * @param current the version that is compared now, where it is known
 */
export async function pastComparisons(
  root: string,
  { namespace, name }: Pick<DatasetRef, 'namespace' | 'name'>,
  rule: string,
  current: string | undefined,
  signal: AbortSignal,
): Promise<PastComparison[]> {
  const past = new Map<string, PastComparison>()
  await readJournalLines(
    join(root, HISTORY_FILE),
    ({ record }) => {
      const report = record as unknown as AnyReport
      if (report.kind !== 'drift' || report.dataset?.name !== name || report.dataset.namespace !== namespace) return
      const { version } = report.dataset
      // A line of another version of this program may lack what is asked for.
      if (!Array.isArray((report.facts as Partial<typeof report.facts> | undefined)?.columns)) return
      if (report.facts.reference?.rule !== rule || (version !== undefined && version === current)) return
      const key = version ?? report.at
      const columns = report.facts.columns.map(({ column, detector, effect, statistic, drifted, learned }) => ({
        column,
        detector,
        statistic,
        alarmed: drifted && learned?.pValue !== undefined && learned.pValue <= learned.alpha,
        ...(effect === undefined ? {} : { effect }),
      }))
      past.delete(key)
      past.set(key, { columns })
      const [oldest] = past.keys()
      if (past.size > MOST && oldest !== undefined) past.delete(oldest)
    },
    { signal },
  )
  return [...past.values()]
}
