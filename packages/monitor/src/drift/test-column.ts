import { isNumeric, type Finding } from '@dayshift/core'
import { failure } from '../codes.ts'
import {
  isTime,
  type Detector,
  type NumbersDetector,
  type NumbersInPasses,
  type Outcome,
  type Readings,
  type Sides,
} from '../detector.ts'
import { columnReader } from './column-reader.ts'
import { emptyColumn, movedOn, notANumber, notCompared, tooLarge } from './findings.ts'
import type { Tested } from './judge.ts'
import { numbersInPasses } from './number-passes.ts'
import type { PlannedColumn, ProfiledPair } from './plan.ts'
import { MOST_IN_MEMORY } from './read-floats.ts'
import type { FramePair } from './read-numbers.ts'
import { streamGap, type StreamedGap } from './stream-gap.ts'

/** What is known of a column before its detectors are asked. */
export interface KnownColumn {
  readonly planned: PlannedColumn
  readonly profiled: ProfiledPair
  /** Its numbers, where they were read already. */
  readonly numbers?: Sides<Float64Array> | undefined
  /** What reading them in passes found, where that was done already. */
  readonly streamed?: StreamedGap | undefined
}

/**
 * Asks all detectors of one column. Where its numbers are more than memory is to hold, they are read in passes, and of detectors of
 * numbers those are asked that can tell by what these find.
 *
 * @param mostInMemory values of both sides
 * @throws DS_DETECTOR where one gives what is no result
 */
export async function testColumn(
  frames: FramePair,
  known: KnownColumn,
  signal: AbortSignal | undefined,
  mostInMemory = MOST_IN_MEMORY,
): Promise<{ readonly tested: Tested[]; readonly findings: Finding[] }> {
  const { planned, profiled, numbers } = known
  const { name } = planned.column
  const { rows, profiles } = profiled
  const nans = [profiles[0].nans ?? 0, profiles[1].nans ?? 0] as const
  const filled = [rows[0] - profiles[0].nulls - nans[0], rows[1] - profiles[1].nulls - nans[1]] as const
  const findings: Finding[] = []
  if (nans.some((count) => count > 0)) findings.push(notANumber(name, nans))
  if (filled.includes(0)) findings.push(emptyColumn(name, filled))
  const read = columnReader({ frames, pair: planned, ...profiled, numbers }, { signal })
  const tested: Tested[] = []
  const isLarge = !numbers && isNumbers(planned) && filled[0] + filled[1] > mostInMemory
  const streamed = known.streamed ?? (isLarge ? await streamGap(frames, planned, { signal }) : undefined)
  const passes =
    streamed?.found && numbersInPasses(streamed.values, planned.column, streamed.found, streamed.sizes, { signal })
  const silent: string[] = []
  for (const one of planned.detectors) {
    if (streamed && (one.detector.needs ?? 'numbers') === 'numbers') {
      const detector = one.detector as NumbersDetector
      if (!detector.testGap && !detector.testPasses) silent.push(detector.name)
      const outcome = checked(detector, await askInPasses(detector, passes), name)
      if (outcome) tested.push({ ...one, planned, profiled, outcome })
      continue
    }
    const sides = await read(one.detector.needs ?? 'numbers')
    const outcome = sides && ask(one.detector, sides, name)
    if (outcome) tested.push({ ...one, planned, profiled, outcome })
  }
  if (silent.length > 0) findings.push(tooLarge(name, silent))
  return { tested, findings }
}

function isNumbers({ column }: PlannedColumn): boolean {
  return isNumeric(column) || isTime(column)
}

/** Asks a detector of numbers by what passes over them find. */
export function askInPasses(
  detector: Pick<NumbersDetector, 'testGap' | 'testPasses'>,
  passes: NumbersInPasses | undefined,
): Outcome | Promise<Outcome> {
  if (!passes) return undefined
  return detector.testPasses ? detector.testPasses(passes) : detector.testGap?.(passes.found, passes.sizes)
}

/** Asks a detector by what was read. */
export function ask(detector: Detector, sides: Sides<Readings[keyof Readings]>, column: string): Outcome {
  // What was read is what the detector needs; the compiler cannot see that of a union.
  return checked(detector, (detector.test as (input: Sides<unknown>) => Outcome)(sides), column)
}

/** @throws DS_DETECTOR for what is no result */
export function checked(detector: Detector, outcome: Outcome, column: string): Outcome {
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
