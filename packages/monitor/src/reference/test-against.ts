import { isNumeric, type ColumnProfile, type Finding, type Frame } from '@dayshift/core'
import { isTime, type Cells, type Need, type NumbersDetector, type Readings, type Sides } from '../detector.ts'
import { outcomeOfKs } from '../detectors/ks.ts'
import { cellsOfNumbers } from '../drift/cells-of-numbers.ts'
import { FEW, wordsOf } from '../drift/column-reader.ts'
import { emptyColumn, notANumber } from '../drift/findings.ts'
import type { Tested } from '../drift/judge.ts'
import type { PlannedColumn, ProfiledPair } from '../drift/plan.ts'
import { MOST_IN_MEMORY } from '../drift/read-floats.ts'
import { VALUE } from '../drift/read-numbers.ts'
import { ask, askInPasses, checked } from '../drift/test-column.ts'
import { boundedNumbers, type BoundedNumbers } from './bounded-numbers.ts'
import { cellsByRange } from './cells-by-range.ts'
import { DAY, type CurrentNumbers } from './current-numbers.ts'
import { changedCells, isExact, sizeOf, valuesOf, type EcdfCells } from './ecdf-cells.ts'
import { needsRows } from './profile-findings.ts'
import { hasTexts, type ReferenceColumn, type ReferenceProfile } from './reference-profile.ts'
import { textCells } from './text-cells.ts'
import { lengthsOf } from './text-lengths.ts'

/** A column of the current side, and what its reference holds. */
export interface AgainstProfile {
  readonly profile: ReferenceProfile
  readonly before: ReferenceColumn
  readonly current: Frame
  readonly planned: PlannedColumn
  readonly profiled: ProfiledPair
  readonly numbers: CurrentNumbers | undefined
}

/** What detectors said. */
export interface FoundAgainst {
  /** At the least that is certain. */
  readonly tested: readonly Tested[]
  /** The same, in the same order, at the most that may be. */
  readonly possible: readonly Tested[]
  readonly findings: readonly Finding[]
}

/** A detector of numbers is told bounds where the values themselves are not there. */
type Reading = { readonly sides: Sides<Readings[Need]> } | { readonly bounded: BoundedNumbers }

/**
 * Asks all detectors of one column whose reference is a profile. Where that keeps each value, they are told what rows would tell them.
 *
 * @throws DS_DETECTOR where one gives what is no result
 */
export async function testAgainst(against: AgainstProfile, signal: AbortSignal | undefined): Promise<FoundAgainst> {
  const { planned, profiled } = against
  const { name } = planned.column
  const { rows, profiles } = profiled
  const nans = [profiles[0].nans ?? 0, profiles[1].nans ?? 0] as const
  const filled = [rows[0] - profiles[0].nulls - nans[0], rows[1] - profiles[1].nulls - nans[1]] as const
  const findings: Finding[] = []
  if (nans.some((count) => count > 0)) findings.push(notANumber(name, nans))
  if (filled.includes(0)) findings.push(emptyColumn(name, filled))
  const read = reader(against, signal)
  const [tested, possible, silent]: [Tested[], Tested[], string[]] = [[], [], []]
  for (const one of planned.detectors) {
    const { detector } = one
    const need = detector.needs ?? 'numbers'
    if (need === 'profile' ? rows.includes(0) : filled.includes(0)) continue
    const reading = await read(need)
    if (!reading || (detector.name === 'duplicate-rate' && profiles[0].distinctAtMost !== undefined)) {
      silent.push(detector.name)
      continue
    }
    const take = (list: Tested[], outcome: Tested['outcome']): void => {
      list.push({ ...one, planned, profiled, outcome })
    }
    if ('sides' in reading) {
      const outcome = ask(detector, reading.sides, name)
      if (outcome) for (const list of [tested, possible]) take(list, outcome)
      continue
    }
    const { least, most } = reading.bounded
    const lengths = need === 'lengths' ? OF_LENGTHS.get(detector.name) : undefined
    const bounded = lengths ?? (need === 'numbers' ? (detector as NumbersDetector) : undefined)
    if (!bounded?.testPasses && !bounded?.testGap) {
      silent.push(detector.name)
      continue
    }
    const certain = checked(detector, await askInPasses(bounded, least), name)
    const atMost = checked(detector, await askInPasses(bounded, most), name)
    if (atMost === undefined && certain === undefined) continue
    // What may be found is counted among the tests; nothing was found for certain.
    take(tested, certain ?? NOTHING)
    take(possible, atMost ?? NOTHING)
  }
  if (silent.length > 0) findings.push(needsRows(name, silent))
  return { tested, possible, findings }
}

/** A test that found nothing. */
const NOTHING = { statistic: 0, pValue: 1, effect: 0 }

/** What detectors of lengths make of bounds. */
const OF_LENGTHS: ReadonlyMap<string, Pick<NumbersDetector, 'testGap' | 'testPasses'>> = new Map([
  ['text-length', { testGap: outcomeOfKs }],
])

/** Reads what detectors need, each thing once; undefined where the profile does not have it. */
function reader(
  { profile, before, current, planned, profiled, numbers }: AgainstProfile,
  signal: AbortSignal | undefined,
): (need: Need) => Promise<Reading | undefined> {
  const { column } = planned
  const { rows, profiles } = profiled
  const filled = [rows[0] - profiles[0].nulls, rows[1] - profiles[1].nulls] as const
  const cells = before.numbers && inUnitOf(before.numbers, planned)
  const ofTexts = async (kind: 'values' | 'patterns' | 'words'): Promise<Reading | undefined> => {
    const counts = before[kind]
    const kept = hasTexts(before) ? profile.texts : 'plain'
    if (!counts || kept === 'none') return undefined
    return { sides: await textCells(counts, kept, current, planned, kind, filled, { signal }) }
  }
  const ofNumbers = once(async (): Promise<Reading | undefined> => {
    if (!cells || !numbers) return undefined
    const { values } = numbers
    if (values && isExact(cells) && sizeOf(cells) + values.length <= MOST_IN_MEMORY) {
      return { sides: { reference: valuesOf(cells), current: values, column, scale: 'value' } }
    }
    const bounded = await boundedNumbers(cells, numbers, column, signal)
    return bounded && { bounded }
  })
  const ofLengths = once(async (): Promise<Reading | undefined> => {
    if (!before.lengths) return undefined
    const frame = lengthsOf(current, column.name)
    const values = filled[1] <= MOST_IN_MEMORY ? await frame.numbers(VALUE, { signal }) : undefined
    if (values && isExact(before.lengths) && filled[0] + filled[1] <= MOST_IN_MEMORY)
      return { sides: { reference: valuesOf(before.lengths), current: values, column } }
    const bounded = await boundedNumbers(before.lengths, { frame, ...(values ? { values } : {}) }, column, signal)
    return bounded && { bounded }
  })
  const byRange = async (): Promise<Reading | undefined> => {
    const reading = await ofNumbers()
    if (!reading || !cells) return undefined
    const words = wordsOf(planned, 'value')
    const sides = 'sides' in reading ? (reading.sides as Sides<Float64Array>) : undefined
    const [reference, now]: readonly [Cells, Cells] = sides
      ? cellsOfNumbers(sides.reference, sides.current, { words })
      : cellsByRange(cells, (reading as { readonly bounded: BoundedNumbers }).bounded.current, words)
    return { sides: { reference, current: now, column } }
  }
  const isOrdered = isNumeric(column) || isTime(column)
  const read: Readonly<Record<Need, () => Promise<Reading | undefined>>> = {
    profile: async () => ({
      sides: {
        reference: { rows: rows[0], profile: profiles[0] },
        current: { rows: rows[1], profile: profiles[1] },
        column,
      },
    }),
    numbers: ofNumbers,
    cells: once(() => (isOrdered && !profiles.every(isFew) ? byRange() : ofTexts('values'))),
    lengths: ofLengths,
    patterns: once(() => ofTexts('patterns')),
    words: once(() => ofTexts('words')),
  }
  return (need) => read[need]()
}

/** Whether rows are counted by value rather than by range. */
function isFew({ distinct, distinctAtMost }: ColumnProfile): boolean {
  return distinct <= FEW && distinctAtMost === undefined
}

/** The cells of a reference in the unit of both sides. */
function inUnitOf(cells: EcdfCells, { before, column }: PlannedColumn): EcdfCells {
  return before.type === 'date' && column.type !== 'date' ? changedCells(cells, { factor: DAY, shift: 0 }) : cells
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
