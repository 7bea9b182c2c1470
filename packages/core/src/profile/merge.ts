import { failure } from '../codes.ts'
import type { FactValue } from '../fact-value.ts'
import { mergeHistograms } from './histogram.ts'
import { stepOf } from './query.ts'
import { DEFAULT_TOP, type ColumnProfile, type Profile, type TextLengths, type TopValue } from '../profile.ts'
import type { ColumnType } from '../schema.ts'

/** A profile beside the number of rows that it is of. */
interface Part {
  readonly rows: number
  readonly column: ColumnProfile
  /** Numbers that are neither NaN nor ±Infinity. */
  readonly finite: number
}

/**
 * Joins the profiles of two parts of a dataset that share no row, without looking at the rows again.
 *
 * - Exact: rows, nulls, NaN, infinite, minimum, maximum, mean, standard deviation (Chan et al. 1979), lengths of texts.
 * - Exact where both parts list all their values, as columns of few values do: distinct, top.
 * - Otherwise `distinct` is a lower bound with `distinctAtMost` beside it, and the counts of `top` are lower bounds.
 * - Histograms are exact where their edges are the same, else laid over new edges: see {@link mergeHistograms}.
 * - Quartiles and quantiles are null, unless one part alone has numbers: they do not follow from those of the parts.
 * - Duplicates are left out: a key may be in both parts.
 *
 * Minimum, maximum and top values are as reports show them: of texts longer than 200 characters, the beginnings.
 *
 * @throws DS_COLUMN_UNKNOWN where the parts do not have the same columns of the same types, in the same order
 * @example
 * const year = (await Promise.all(months.map((month) => month.profile()))).reduce(mergeProfiles)
 */
export function mergeProfiles(a: Profile, b: Profile): Profile {
  const [left, right] = [a, b].map(({ columns }) => columns.map(({ name, type }) => `${name} (${type})`).join(', '))
  if (left !== right) {
    throw failure('DS_COLUMN_UNKNOWN', `profiles of different columns cannot be merged: ${left} and ${right}`, {
      hint: 'Select and cast the same columns, in the same order, in both parts.',
    })
  }
  const columns = a.columns.map((column, at) =>
    mergeColumns(partOf(a.rows, column), partOf(b.rows, b.columns[at] as ColumnProfile)),
  )
  return { rows: a.rows + b.rows, columns }
}

function partOf(rows: number, column: ColumnProfile): Part {
  return { rows, column, finite: rows - column.nulls - (column.nans ?? 0) - (column.infinite ?? 0) }
}

function mergeColumns(a: Part, b: Part): ColumnProfile {
  const { name, type } = a.column
  const general = {
    name,
    type,
    nulls: a.column.nulls + b.column.nulls,
    min: extreme(a.column.min, b.column.min, type, -1),
    max: extreme(a.column.max, b.column.max, type, 1),
  }
  return {
    ...general,
    ...valuesOf(a, b),
    ...(a.column.mean === undefined ? {} : momentsOf(a, b)),
    ...(a.column.quartiles === undefined ? {} : { quartiles: onlyOf(a, b, ({ quartiles }) => quartiles ?? null) }),
    ...(a.column.quantiles === undefined ? {} : { quantiles: onlyOf(a, b, ({ quantiles }) => quantiles ?? null) }),
    ...(a.column.nans === undefined ? {} : { nans: a.column.nans + (b.column.nans ?? 0) }),
    ...(a.column.infinite === undefined ? {} : { infinite: a.column.infinite + (b.column.infinite ?? 0) }),
    ...histogramOf(a, b),
    ...lengthsOf(a, b),
  }
}

/** What one part has where the other has no finite value; null where both have, or none. */
function onlyOf<T>(a: Part, b: Part, read: (column: ColumnProfile) => T | null): T | null {
  if (b.finite === 0) return read(a.column)
  return a.finite === 0 ? read(b.column) : null
}

/** The smaller (sign −1) or larger (sign 1) of two values, as the engine orders them. */
function extreme(a: FactValue, b: FactValue, type: ColumnType, sign: -1 | 1): FactValue {
  if (a === null || b === null) return a ?? b
  return compareFacts(a, b, type) * sign >= 0 ? a : b
}

/** Orders two values of a type as the engine does: numbers by size, NaN last; texts by code points. */
function compareFacts(a: FactValue, b: FactValue, type: ColumnType): number {
  switch (type) {
    case 'integer':
    case 'decimal':
    case 'float':
      return compareNumbers(a, b)
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return Math.sign(timeOf(a) - timeOf(b)) || compareTexts(String(a), String(b))
    case 'boolean':
      return Number(a) - Number(b)
    default:
      return compareTexts(String(a), String(b))
  }
}

function compareNumbers(a: FactValue, b: FactValue): number {
  const [left, right] = [Number(a), Number(b)]
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
  if (left !== right) return left < right ? -1 : 1
  // Beyond 2^53 two numbers may be one as doubles. Decimals of a column have as many digits after the point.
  const digits = /^-?\d+(\.\d+)?$/
  if (!digits.test(String(a)) || !digits.test(String(b))) return 0
  const [exact, other] = [BigInt(String(a).replace('.', '')), BigInt(String(b).replace('.', ''))]
  return Number(exact > other) - Number(exact < other)
}

/** Milliseconds since 1970; dates that `Date` cannot read lie on the side that their text says. */
function timeOf(value: FactValue): number {
  const text = String(value)
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  return text.startsWith('-') || text.endsWith('(BC)') ? -Number.MAX_VALUE : Number.MAX_VALUE
}

function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Mean and standard deviation of both parts together: Chan, Golub & LeVeque 1979, formula 2.1. */
function momentsOf(a: Part, b: Part): Pick<ColumnProfile, 'mean' | 'sd'> {
  const only = a.finite === 0 ? b : b.finite === 0 ? a : undefined
  if (only) return { mean: only.column.mean ?? null, sd: only.column.sd ?? null }
  const [left, right] = [a.column.mean ?? null, b.column.mean ?? null]
  if (left === null || right === null) return { mean: null, sd: null }
  const finite = a.finite + b.finite
  const gap = right - left
  const total = a.finite * left + b.finite * right
  const squares = sum(squaresOf(a), squaresOf(b), (gap * gap * a.finite * b.finite) / finite)
  return {
    mean: Number.isFinite(total) ? total / finite : null,
    sd: squares === null ? null : Math.sqrt(squares / (finite - 1)),
  }
}

/** The sum of squared distances from the mean; null where the part's standard deviation is beyond a double. */
function squaresOf({ finite, column }: Part): number | null {
  if (finite === 1) return 0
  return column.sd === undefined || column.sd === null ? null : column.sd * column.sd * (finite - 1)
}

function sum(a: number | null, b: number | null, c: number): number | null {
  const all = a === null || b === null ? Number.NaN : a + b + c
  return Number.isFinite(all) ? all : null
}

function histogramOf(a: Part, b: Part): Pick<ColumnProfile, 'histogram'> {
  const [left, right] = [a.column.histogram, b.column.histogram]
  if (left === undefined || right === undefined) return {}
  if (left === null || right === null) {
    // Without a value there is none; with values, they lie too far apart.
    const wide = (left === null && hasValues(a)) || (right === null && hasValues(b))
    return { histogram: wide ? null : (left ?? right) }
  }
  return { histogram: mergeHistograms(left, right, stepOf(a.column.type)) }
}

/** Whether a column of numbers has finite ones. */
function hasValues({ column, finite }: Part): boolean {
  return column.mean !== undefined && finite > 0
}

function lengthsOf(a: Part, b: Part): Pick<ColumnProfile, 'lengths'> {
  const [left, right] = [a.column.lengths, b.column.lengths]
  if (left === undefined || right === undefined) return {}
  if (left === null || right === null) return { lengths: left ?? right }
  const lengths: TextLengths = {
    min: Math.min(left.min, right.min),
    mean: (left.mean * a.finite + right.mean * b.finite) / (a.finite + b.finite),
    max: Math.max(left.max, right.max),
    empty: left.empty + right.empty,
  }
  return { lengths }
}

/** How many different values there are, and the most frequent. */
function valuesOf(a: Part, b: Part): Pick<ColumnProfile, 'distinct' | 'distinctAtMost' | 'top'> {
  const [left, right] = [a.column.top ?? [], b.column.top ?? []]
  const all = addCounts(left, right).toSorted(
    (one, other) => other.count - one.count || compareFacts(one.value, other.value, a.column.type),
  )
  const top = all.slice(0, Math.max(left.length, right.length, DEFAULT_TOP))
  const distinct = listsAll(a.column) && listsAll(b.column) ? { distinct: all.length } : distinctBounds(a, b)
  return { ...distinct, ...(top.length > 0 ? { top } : {}) }
}

function addCounts(a: readonly TopValue[], b: readonly TopValue[]): TopValue[] {
  const counts = new Map<FactValue, number>()
  for (const { value, count } of [...a, ...b]) counts.set(value, (counts.get(value) ?? 0) + count)
  return [...counts].map(([value, count]) => ({ value, count }))
}

/** Whether the top values are all that a column has, and none of them is shown shorter than it is. */
function listsAll({ type, distinct, distinctAtMost, top = [] }: ColumnProfile): boolean {
  const shortened = type.startsWith('timestamp') || top.some(({ value }) => String(value).endsWith('…'))
  return distinctAtMost === undefined && top.length === distinct && (distinct === 0 || !shortened)
}

function distinctBounds({ column: a }: Part, { column: b }: Part): Pick<ColumnProfile, 'distinct' | 'distinctAtMost'> {
  const distinct = Math.max(a.distinct, b.distinct)
  const distinctAtMost = (a.distinctAtMost ?? a.distinct) + (b.distinctAtMost ?? b.distinct)
  return { distinct, ...(distinctAtMost > distinct ? { distinctAtMost } : {}) }
}
