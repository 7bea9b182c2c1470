import { failure } from '../codes.ts'
import { columnsAsked, fitBoostedTrees, scoresOf, type BinnedColumn } from './boosted-trees.ts'
import { binned } from './binned.ts'
import { midranksOf } from './midranks-of.ts'
import { shuffle } from './shuffles.ts'
import { xorshift } from './xorshift.ts'

/** How a classifier test is made. */
export interface Classifier2sampOptions {
  /** Places of columns whose numbers are codes without an order. Default: none. */
  readonly unordered?: readonly number[] | undefined
  /** Shuffles of which sample a row is of that p is taken from; p is at least 1/(shuffles + 1). Default: 1999. */
  readonly permutations?: number | undefined
  /** Whether columns are ranked: it takes as long again. Default: true. */
  readonly ranked?: boolean | undefined
}

/** What a classifier test found. */
export interface Classifier2sampResult {
  /** Area under the curve, 0–1, of rows that the classifier had not seen: 0.5 where it cannot tell the samples apart, 1 where it always can. */
  readonly auc: number
  /** The chance of as large an area if both samples are of one distribution. */
  readonly pValue: number
  /** Between which areas 95 of 100 lie by chance. */
  readonly byChance: readonly [low: number, high: number]
  /**
   * Of each column, how much of the area is lost where its values are shuffled among the rows: 0 of a column that tells nothing. Columns that
   * tell the same share what they tell. Empty unless `ranked`.
   */
  readonly importance: readonly number[]
}

/** Parts that rows are in: each but the first is told apart by what the ones before taught. */
const PARTS = 4

/** Rows that a sample has at least: 5 a part. */
export const LEAST_CLASSIFIED = 5 * PARTS

/** A part that was told apart. */
interface Part {
  readonly rows: Int32Array
  /** Midranks of the scores, in the order of the rows: those of the first sample first. */
  readonly ranks: Float64Array
  readonly first: number
  readonly scored: (columns: readonly BinnedColumn[]) => Float64Array
  readonly asked: ReadonlySet<number>
}

/**
 * The classifier two-sample test: can a classifier tell rows of the first sample from rows of the second? It sees what no test of single columns
 * does: columns that go together otherwise, each being as it was.
 *
 * Rows are put into a random order, the same on each run, and into four parts with the same shares of both samples. Trees (gradient-boosted, depth 4)
 * that learnt from the parts before a part tell its rows apart. So no row is judged by what saw it, and since what a part is judged by does not depend
 * on which of its rows are of which sample, these can be shuffled within the parts to learn what chance does: nothing is learnt anew.
 *
 * 5000 rows a sample of 20 columns take some two seconds; O(rows · columns).
 *
 * @param reference columns of the first sample, all of one length, 20 rows or more; NaN where a value is missing
 * @param current the same columns of the second sample
 * @throws DS_SAMPLE_INVALID where there are too few rows, no columns, or columns of different lengths; DS_STATISTIC_OPTION
 * @see Lopez-Paz and Oquab (2017), ICLR, “Revisiting classifier two-sample tests”; Kim, Ramdas, Singh and Wasserman (2021), Ann. Statist. 49, 411
 * @example
 * const { auc, pValue } = classifier2samp([[…], […]], [[…], […]])
 */
export function classifier2samp(
  reference: readonly ArrayLike<number>[],
  current: readonly ArrayLike<number>[],
  options: Classifier2sampOptions = {},
): Classifier2sampResult {
  const { unordered = [], permutations = 1999, ranked = true } = options
  if (!(Number.isInteger(permutations) && permutations >= 1)) {
    throw failure('DS_STATISTIC_OPTION', `permutations is ${permutations}, not a whole number from 1 on`)
  }
  const [n, m] = [checked(reference, 'the first sample'), checked(current, 'the second sample')]
  if (reference.length !== current.length) {
    throw failure('DS_SAMPLE_INVALID', `one sample has ${reference.length} columns and the other ${current.length}`)
  }
  const columns = reference.map((values, at) =>
    binned([values, current[at] as ArrayLike<number>], !unordered.includes(at)),
  )
  const parts = partsOf(columns, n, m)
  const auc = areaOf(parts)
  const areas = areasByChance(parts, permutations).sort()
  const asLarge = areas.length - areas.findLastIndex((area) => area < auc - 1e-12) - 1
  const place = (share: number): number => areas[Math.round(share * (areas.length - 1))] as number
  return {
    auc,
    pValue: (1 + asLarge) / (permutations + 1),
    byChance: [place(0.025), place(0.975)],
    importance: ranked ? columns.map((column, at) => lostWithout(column, at, columns, parts, auc)) : [],
  }
}

function checked(columns: readonly ArrayLike<number>[], what: string): number {
  const rows = columns[0]?.length ?? 0
  if (columns.length === 0) throw failure('DS_SAMPLE_INVALID', `${what} has no columns`)
  if (columns.some(({ length }) => length !== rows)) {
    throw failure('DS_SAMPLE_INVALID', `${what} has columns of different lengths`)
  }
  if (rows >= LEAST_CLASSIFIED) return rows
  throw failure('DS_SAMPLE_INVALID', `${what} has ${rows} rows; a classifier needs ${LEAST_CLASSIFIED}`)
}

/** Rows of both samples in a random order, in parts; each but the first told apart by those before it. */
function partsOf(columns: readonly BinnedColumn[], n: number, m: number): Part[] {
  const next = xorshift()
  const [first, second] = [0, n].map((from, side) => {
    const rows = Int32Array.from({ length: side === 0 ? n : m }, (_, at) => from + at)
    shuffle(rows, next)
    return rows
  }) as [Int32Array, Int32Array]
  const isSecond = Uint8Array.from({ length: n + m }, (_, row) => (row < n ? 0 : 1))
  const cut = (rows: Int32Array, part: number): number => Math.floor((rows.length * part) / PARTS)
  return Array.from({ length: PARTS - 1 }, (_, place) => {
    const part = place + 1
    const seen = [...first.subarray(0, cut(first, part)), ...second.subarray(0, cut(second, part))]
    const own = [first, second].map((rows) => rows.subarray(cut(rows, part), cut(rows, part + 1)))
    const rows = Int32Array.from(own.flatMap((some) => [...some]))
    const trees = fitBoostedTrees(columns, Int32Array.from(seen), isSecond)
    const scored = (some: readonly BinnedColumn[]): Float64Array => scoresOf(trees, some, rows)
    return {
      rows,
      ranks: midranksOf(scored(columns)),
      first: own[0]?.length ?? 0,
      scored,
      asked: columnsAsked(trees),
    }
  })
}

/** The share of pairs within parts that are told apart; ranks of the second sample stand behind those of the first. */
function areaOf(parts: readonly Pick<Part, 'ranks' | 'first'>[]): number {
  let [won, pairs] = [0, 0]
  for (const { ranks, first } of parts) {
    const second = ranks.length - first
    let sum = 0
    for (let at = first; at < ranks.length; at++) sum += ranks[at] as number
    won += sum - (second * (second + 1)) / 2
    pairs += first * second
  }
  return won / pairs
}

/** The areas if which rows of a part are of which sample is by chance: the smaller sample's are drawn. */
function areasByChance(parts: readonly Part[], permutations: number): Float64Array {
  const next = xorshift()
  const urns = parts.map(({ ranks, first }) => {
    const second = ranks.length - first
    return { ranks: Float64Array.from(ranks), second, drawn: Math.min(first, second), isSecond: second <= first }
  })
  const pairs = urns.reduce((sum, { ranks, second }) => sum + (ranks.length - second) * second, 0)
  return Float64Array.from({ length: permutations }, () => {
    let won = 0
    for (const { ranks, second, drawn, isSecond } of urns) {
      const sum = drawnSum(ranks, drawn, next)
      const all = (ranks.length * (ranks.length + 1)) / 2
      won += (isSecond ? sum : all - sum) - (second * (second + 1)) / 2
    }
    return won / pairs
  })
}

/** The sum of some numbers that are drawn, and put first. */
function drawnSum(numbers: Float64Array, count: number, next: () => number): number {
  let sum = 0
  for (let at = 0; at < count; at++) {
    const other = at + Math.floor(next() * (numbers.length - at))
    const drawn = numbers[other] as number
    numbers[other] = numbers[at] as number
    numbers[at] = drawn
    sum += drawn
  }
  return sum
}

/** How much of the area a column is good for: what is lost where its values are those of other rows. */
function lostWithout(
  column: BinnedColumn,
  at: number,
  columns: readonly BinnedColumn[],
  parts: readonly Part[],
  auc: number,
): number {
  if (!parts.some(({ asked }) => asked.has(at))) return 0
  const next = xorshift()
  const without = parts.map(({ rows, ranks, first, asked, scored }) => {
    if (!asked.has(at)) return { ranks, first }
    const order = Int32Array.from(rows)
    shuffle(order, next)
    const codes = Uint8Array.from(column.codes)
    for (let place = 0; place < rows.length; place++) {
      codes[rows[place] as number] = column.codes[order[place] as number] as number
    }
    return { ranks: midranksOf(scored(columns.with(at, { ...column, codes }))), first }
  })
  return auc - areaOf(without)
}
