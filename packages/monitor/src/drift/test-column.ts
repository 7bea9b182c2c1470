import type { Finding, Profile } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { Detector, Outcome, Readings, Sides } from '../detector.ts'
import { columnReader } from './column-reader.ts'
import { emptyColumn, movedOn, notANumber, notCompared } from './findings.ts'
import type { Tested } from './judge.ts'
import { profiledPair, type PlannedColumn } from './plan.ts'
import type { FramePair } from './read-numbers.ts'

/**
 * Asks all detectors of one column.
 *
 * @throws DS_DETECTOR where one gives what is no result
 */
export async function testColumn(
  frames: FramePair,
  planned: PlannedColumn,
  before: Profile,
  after: Profile,
  signal: AbortSignal | undefined,
): Promise<{ readonly tested: Tested[]; readonly findings: Finding[] }> {
  const { name } = planned.column
  const profiled = profiledPair(before, after, name)
  const { rows, profiles } = profiled
  const nans = [profiles[0].nans ?? 0, profiles[1].nans ?? 0] as const
  const filled = [rows[0] - profiles[0].nulls - nans[0], rows[1] - profiles[1].nulls - nans[1]] as const
  const findings: Finding[] = []
  if (nans.some((count) => count > 0)) findings.push(notANumber(name, nans))
  if (filled.includes(0)) findings.push(emptyColumn(name, filled))
  const read = columnReader({ frames, pair: planned, ...profiled }, { signal })
  const tested: Tested[] = []
  for (const one of planned.detectors) {
    const sides = await read(one.detector.needs ?? 'numbers')
    const outcome = sides && ask(one.detector, sides, name)
    if (outcome) tested.push({ ...one, planned, profiled, outcome })
  }
  return { tested, findings }
}

function ask(detector: Detector, sides: Sides<Readings[keyof Readings]>, column: string): Outcome {
  // What was read is what the detector needs; the compiler cannot see that of a union.
  const outcome = (detector.test as (input: Sides<unknown>) => Outcome)(sides)
  if (!outcome) return undefined
  const { statistic, effect = 0 } = outcome
  const [what, value] = 'pValue' in outcome ? ['pValue', outcome.pValue] : ['threshold', outcome.threshold]
  const wrong = Number.isNaN(statistic)
    ? `statistic ${statistic}`
    : Number.isNaN(effect)
      ? `effect ${effect}`
      : Number.isNaN(value) || (what === 'pValue' && !(value >= 0 && value <= 1))
        ? `${what} ${value}`
        : undefined
  if (wrong === undefined) return outcome
  throw failure('DS_DETECTOR', `the detector '${detector.name}' gave ${wrong} for the column ${column}`, {
    where: column,
  })
}

/** Columns that nothing was said of, which must not go unsaid. */
export function leftOut(
  plan: readonly PlannedColumn[],
  tested: readonly Tested[],
  findings: readonly Finding[],
): Finding[] {
  const said = new Set(tested.map(({ planned }) => planned.column.name))
  const empty = new Set(findings.flatMap(({ code, column }) => (code === 'drift.column_empty' ? [column] : [])))
  const main = new Set(tested.map(({ planned, detector }) => `${detector.name} ${planned.column.name}`))
  const late = plan.filter(
    ({ column, detectors }) =>
      !empty.has(column.name) &&
      detectors.some(({ detector }) => detector.name === 'datetime' && !main.has(`datetime ${column.name}`)),
  )
  const unfit = plan.filter(({ column, detectors }) => detectors.length === 0 && !said.has(column.name))
  return [
    ...(late.length > 0 ? [movedOn(late.map(({ column }) => column.name))] : []),
    ...(unfit.length > 0 ? [notCompared(unfit.map(({ column }) => column.name))] : []),
  ]
}
