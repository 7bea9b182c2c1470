import type { CheckResult } from '@dayshift/core'
import { count } from './words.ts'

/** What came of a check: it holds, with failures that are tolerated or without, or it does not, which warns or fails. */
export type Verdict = 'holds' | 'tolerated' | 'warns' | 'fails'

/** What came of a check. */
export function verdictOf({ passed, failed, severity }: CheckResult): Verdict {
  if (passed) return failed > 0 ? 'tolerated' : 'holds'
  return severity === 'warn' ? 'warns' : 'fails'
}

/** What came of checks together: `2 of 9 checks fail, 1 warns, 1 tolerated`, or `9 checks hold`. */
export function verdictWords(checks: readonly CheckResult[]): string {
  const of = (verdict: Verdict): number => checks.filter((check) => verdictOf(check) === verdict).length
  const [fail, warn, tolerated] = [of('fails'), of('warns'), of('tolerated')]
  const all = count(checks.length, 'check')
  const more = tolerated > 0 ? [`${tolerated} tolerated`] : []
  if (fail === 0 && warn === 0) return [`${all} hold`, ...more].join(', ')
  if (fail === 0) return [`${warn} of ${all} warn`, ...more].join(', ')
  return [`${fail} of ${all} fail`, ...(warn > 0 ? [`${warn} warn${warn === 1 ? 's' : ''}`] : []), ...more].join(', ')
}
