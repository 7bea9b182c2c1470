import { ident, isNumeric, sql, type ClassifierFacts, type Column, type Frame, type Sql } from '@dayshift/core'
import { classifier2samp, LEAST_CLASSIFIED } from '../statistics/classifier-2samp.ts'
import type { ComparedColumn } from './pair-columns.ts'
import type { FramePair } from './read-numbers.ts'

/** How a classifier's success is judged. */
interface ClassifierLimits {
  readonly alpha: number
  /** The least effect that counts: 2·AUC − 1. */
  readonly minEffect: number
}

/** The least effect that counts by default: an area of 0.55. */
export const LEAST_APART = 0.1

/** Rows of a side that are looked at. */
const MOST_ROWS = 5000

/** Columns that are looked at, the first ones. */
const MOST_COLUMNS = 100

/** Different texts up to which a column is taken by value; of more, it is taken by length. */
const MOST_TEXTS = 200

/** Characters by which long texts are told apart. */
const LONGEST = 200

/** Columns that a report ranks, and that it names as left out. */
const MOST_LISTED = 20

const SEED = 42

/**
 * Whether a classifier that sees all columns together can tell current rows from those of the reference, and by which columns. Looked at are at
 * most 5000 rows a side, the same on each run, and the first 100 columns: numbers, booleans, and texts, by value or, where these are more
 * than 200, by length. A missing value is one to go by, too. Times move on by themselves, so they are left out.
 *
 * @returns undefined where there are fewer than 20 rows on a side, or no column to go by
 */
export async function toldApart(
  frames: FramePair,
  pairs: readonly ComparedColumn[],
  rows: readonly [reference: number, current: number],
  { alpha, minEffect }: ClassifierLimits,
  signal: AbortSignal | undefined,
): Promise<ClassifierFacts | undefined> {
  const seen = pairs.filter(({ before, column }) => isSeen(before) && isSeen(column)).slice(0, MOST_COLUMNS)
  if (seen.length === 0 || Math.min(...rows) < LEAST_CLASSIFIED) return undefined
  const old = await sampled(
    frames.reference,
    seen.map(({ before }) => before),
    rows[0],
    signal,
  )
  const now = await sampled(
    frames.current,
    seen.map(({ column }) => column),
    rows[1],
    signal,
  )
  const columns = seen.map((_, at) => numbered(old[at] as Cell[], now[at] as Cell[]))
  const permutations = Math.min(99_999, Math.max(1999, Math.ceil(20 / alpha) - 1))
  const { auc, pValue, byChance, importance } = classifier2samp(
    columns.map(({ reference }) => reference),
    columns.map(({ current }) => current),
    { permutations, unordered: columns.flatMap(({ isOrdered }, at) => (isOrdered ? [] : [at])) },
  )
  const effect = 2 * auc - 1
  const features = seen
    .map(({ column }, at) => ({ column: column.name, importance: importance[at] as number }))
    .toSorted((a, b) => b.importance - a.importance)
  return {
    auc,
    effect,
    minEffect,
    pValue,
    threshold: alpha,
    byChance,
    toldApart: pValue <= alpha && effect >= minEffect,
    referenceRows: old[0]?.length ?? 0,
    currentRows: now[0]?.length ?? 0,
    columns: seen.length,
    leftOut: pairs
      .filter((pair) => !seen.includes(pair))
      .map(({ column }) => column.name)
      .slice(0, MOST_LISTED),
    features: pValue <= alpha ? features.slice(0, MOST_LISTED) : [],
  }
}

type Cell = number | string | null

function isSeen(column: Column): boolean {
  return isNumeric(column) || column.type === 'boolean' || column.type === 'string'
}

/** Columns of some rows. */
async function sampled(
  frame: Frame,
  columns: readonly Column[],
  rows: number,
  signal: AbortSignal | undefined,
): Promise<Cell[][]> {
  const some = frame.select(...columns.map(({ name }) => name))
  const drawn = rows > MOST_ROWS ? some.sample({ rows: MOST_ROWS, seed: SEED }) : some
  const cells = columns.map((column, at) => [`c${at}`, cellOf(column)] as const)
  const read = drawn.derive(Object.fromEntries(cells)).select(...cells.map(([name]) => name))
  const found: Cell[][] = columns.map(() => [])
  for await (const batch of read.batches({ signal })) {
    for (const [at, list] of found.entries()) {
      for (const value of Array.from(batch.columns[at] as ArrayLike<Cell>)) list.push(value)
    }
  }
  return found
}

function cellOf({ name, type }: Column): Sql {
  return type === 'string'
    ? sql`left(CAST(${ident(name)} AS VARCHAR), ${LONGEST})`
    : sql`CAST(${ident(name)} AS DOUBLE)`
}

/** A column as numbers: texts by their place among all, or by their length. NaN are missing values. */
function numbered(
  before: readonly Cell[],
  now: readonly Cell[],
): { readonly reference: number[]; readonly current: number[]; readonly isOrdered: boolean } {
  const texts = new Set([...before, ...now].filter((cell) => typeof cell === 'string'))
  const places = new Map([...texts].toSorted(byText).map((text, place) => [text, place]))
  const isByLength = places.size > MOST_TEXTS
  const number = (cell: Cell): number => {
    if (typeof cell !== 'string') return cell ?? NaN
    return isByLength ? cell.length : (places.get(cell) as number)
  }
  return { reference: before.map(number), current: now.map(number), isOrdered: isByLength || places.size === 0 }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
