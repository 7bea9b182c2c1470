import type { ColumnDrift } from '@dayshift/core'
import type { Judged } from './judge.ts'

/** What reports tell of columns: of each its main detector, and others unless they found nothing at all. */
export function columnFacts(judged: readonly Judged[]): ColumnDrift[] {
  const seen = new Set<string>()
  const told = judged.filter(({ planned, outcome }) => {
    const isFirst = !seen.has(planned.column.name)
    seen.add(planned.column.name)
    const { newValues, lostValues, effect } = outcome
    const foundNothing = 'pValue' in outcome && outcome.pValue === 1 && effect === 0 && !newValues && !lostValues
    return isFirst || !foundNothing
  })
  return told.map(factsOf)
}

function factsOf(judged: Judged): ColumnDrift {
  const { planned, detector, outcome, profiled, adjustedPValue, significant, smallestDetectable, learned } = judged
  const { statistic, effect, detail, moved, newValues, lostValues } = outcome
  return {
    column: planned.column.name,
    type: planned.column.type,
    detector: detector.name,
    statistic,
    ...('pValue' in outcome ? { pValue: outcome.pValue } : {}),
    ...(adjustedPValue === undefined ? {} : { adjustedPValue }),
    threshold: judged.threshold,
    ...(effect === undefined ? {} : { effect, minEffect: judged.minEffect }),
    ...(significant === undefined ? {} : { significant }),
    drifted: judged.drifted,
    ...(judged.undecided ? { undecided: true } : {}),
    ...(smallestDetectable === undefined
      ? {}
      : { smallestDetectable: Number.isFinite(smallestDetectable) ? smallestDetectable : null }),
    ...(learned === undefined ? {} : { learned }),
    ...(detail === undefined ? {} : { detail }),
    ...('gap' in outcome && outcome.gap !== undefined ? { gap: outcome.gap } : {}),
    ...(moved === undefined || moved.length === 0 ? {} : { moved }),
    ...(newValues === undefined || newValues.length === 0 ? {} : { newValues }),
    ...(lostValues === undefined || lostValues.length === 0 ? {} : { lostValues }),
    reference: profiled.profiles[0],
    current: profiled.profiles[1],
  }
}
