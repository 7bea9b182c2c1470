import type { Span } from '@dayshift/core'
import type { PlannedKey } from './plan.ts'
import { MOST_HELD, type RepeatedKeys } from './repeated-keys.ts'
import type { TableRun } from './table-run.ts'

/** Places for keys, four bytes each. */
const MOST_PLACES = 2n ** 26n

/** Places for a key that is there; of a sparse key most would be empty. */
const SPARSE = 64n

/**
 * Finds the rows of equal keys in one pass, where keys are whole numbers that lie close together: each has a place that keeps
 * the row in which it was first met. Grouping takes four times as long, and ten times the memory.
 *
 * @returns nothing where the keys are too far apart, or too many stand in several rows
 */
export async function repeatedWholeKeys(check: PlannedKey, run: TableRun): Promise<RepeatedKeys | undefined> {
  if (!check.whole) return undefined
  const span = await spanOf(check, run)
  if (!span) return undefined
  const places = span.most - span.least + 1n
  const [least, most] = [Number(span.least), Number(span.most)]
  const isDense = places <= MOST_PLACES && places <= SPARSE * BigInt(run.rows)
  if (!isDense || !Number.isSafeInteger(least) || !Number.isSafeInteger(most) || run.rows >= 2 ** 32) return undefined
  const first = new Uint32Array(Number(places))
  const beyond = new Map<number, number>()
  const repeated = new Set<number>()
  const rows: (readonly [row: number, key: number])[] = []
  let row = 0
  let nulls = 0
  const key = `CAST(${check.values[0]} AS DOUBLE)`
  const query = `SELECT coalesce(${key}, CAST('NaN' AS DOUBLE)) FROM ${check.from}`
  for await (const { rows: count, columns } of run.frame.engine.stream(query, run.query)) {
    const keys = columns[0] as ArrayLike<number>
    for (let at = 0; at < count; at++) {
      row++
      const value = keys[at] as number
      const isWithin = value >= least && value <= most
      if (!isWithin && Number.isNaN(value)) {
        nulls++
        continue
      }
      // Beyond it two keys may be one double.
      if (!isWithin && !Number.isSafeInteger(value)) return undefined
      const before = isWithin ? first[value - least] : beyond.get(value)
      if (!before) {
        if (isWithin) first[value - least] = row
        else beyond.set(value, row)
        if (beyond.size > MOST_HELD) return undefined
        continue
      }
      if (!repeated.has(value)) rows.push([before, value])
      repeated.add(value)
      rows.push([row, value])
      if (rows.length > MOST_HELD) return undefined
    }
  }
  return { rows: rows.toSorted(([one], [other]) => one - other), nulls }
}

/** The least and the largest key, or nearly so: where a pass over all of them would be needed, nothing. */
async function spanOf(
  { column = '', values }: PlannedKey,
  run: TableRun,
): Promise<Omit<Span, 'ascending'> | undefined> {
  const known = run.spans.get(column)
  if (known || !run.frame.relation.byColumn) return known
  const name = values[0] as string
  const [found] = await run.frame.engine.query(
    `SELECT CAST(min(${name}) AS VARCHAR) AS least, CAST(max(${name}) AS VARCHAR) AS most FROM ${run.frame.relation.from.text}`,
    run.query,
  )
  const { least, most } = found ?? {}
  return typeof least === 'string' && typeof most === 'string'
    ? { least: BigInt(least), most: BigInt(most) }
    : undefined
}
