import { failure } from '../codes.ts'

/**
 * Counts, weights or shares as doubles, copied.
 *
 * @throws DS_COUNTS_INVALID where there are none, or one is negative, infinite or NaN
 */
export function readCounts(counts: ArrayLike<number>, name: string): Float64Array {
  const copy = Float64Array.from(counts)
  if (copy.length === 0) throw failure('DS_COUNTS_INVALID', `${name} has no values`)
  const wrong = copy.findIndex((count) => !(count >= 0 && count < Infinity))
  if (wrong >= 0) throw failure('DS_COUNTS_INVALID', `${name} has ${copy[wrong]} at place ${wrong}`)
  return copy
}

/** Two sides over the same cells, each with its sum. */
export interface CountPair {
  readonly p: Float64Array
  readonly q: Float64Array
  readonly pSum: number
  readonly qSum: number
}

/**
 * Two sides of counts or shares over the same cells.
 *
 * @throws DS_COUNTS_INVALID as {@link readCounts}, and where the lengths differ or a side sums to 0 or beyond the doubles
 */
export function readCountPair(p: ArrayLike<number>, q: ArrayLike<number>): CountPair {
  const sides = [readCounts(p, 'the first side'), readCounts(q, 'the second side')] as const
  if (sides[0].length !== sides[1].length) {
    const lengths = sides.map(({ length }) => length).join(' and ')
    throw failure('DS_COUNTS_INVALID', `the two sides have ${lengths} cells, not as many`)
  }
  const [pSum, qSum] = [sumOf(sides[0], 'the first side'), sumOf(sides[1], 'the second side')]
  return { p: sides[0], q: sides[1], pSum, qSum }
}

function sumOf(counts: Float64Array, name: string): number {
  const sum = counts.reduce((total, count) => total + count, 0)
  if (!(sum > 0 && sum < Infinity)) throw failure('DS_COUNTS_INVALID', `${name} sums to ${sum}`)
  return sum
}

/**
 * A contingency table, copied.
 *
 * @throws DS_COUNTS_INVALID where it has no cells, rows of different lengths, or a cell that is no count
 */
export function readTable(table: ArrayLike<ArrayLike<number>>): Float64Array[] {
  const rows = Array.from(table, (row, at) => readCounts(row, `row ${at}`))
  const width = rows[0]?.length
  if (width === undefined) throw failure('DS_COUNTS_INVALID', 'the table has no rows')
  const odd = rows.findIndex((row) => row.length !== width)
  if (odd > 0) throw failure('DS_COUNTS_INVALID', `row ${odd} has ${rows[odd]?.length} cells, row 0 has ${width}`)
  return rows
}

/** The sums of the rows and of the columns. */
export function margins(table: readonly Float64Array[]): { rows: number[]; columns: number[]; total: number } {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0))
  const columns = Array.from(table[0] ?? [], (_, at) => table.reduce((sum, row) => sum + (row[at] as number), 0))
  return { rows, columns, total: rows.reduce((sum, count) => sum + count, 0) }
}
