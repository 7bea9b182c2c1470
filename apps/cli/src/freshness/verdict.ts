import type { AnyReport } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { Outcome } from '../command.ts'

/** States in which nothing can be said of data, and the error that says so; the worst first. */
const UNSAID = [
  ['missing', 'DS_MISSING', 'there is no data to look at'],
  ['unreadable', 'DS_SOURCE_UNREADABLE', 'data cannot be read'],
  ['unknown', 'DS_AGE_UNKNOWN', 'nothing tells the age of'],
] as const

/** Reports of freshness as a result: also an error, where of some data nothing could be said. */
export function outcomeOf(reports: readonly AnyReport[]): Outcome {
  for (const [state, code, words] of UNSAID) {
    const unsaid = reports.filter((report) => report.kind === 'freshness' && report.facts.state === state)
    if (unsaid.length === 0) continue
    const names = unsaid.map(({ dataset }) => dataset.name).join(', ')
    return {
      reports,
      error: failure(code, `${words}: ${names}`, { hint: 'What its findings say is the next thing to do.' }),
    }
  }
  return { reports }
}
