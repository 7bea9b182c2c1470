import type { Finding } from '@dayshift/core'
import { throwIfAborted } from '@dayshift/core/ground'
import type { InputField } from './dataset-facets.ts'
import type { GraphDataset } from './graph.ts'
import { untoldFinding } from './sql/result.ts'
import type { FoundColumns } from './sql-columns.ts'

type Row = Readonly<Record<string, unknown>>

/** How something is tried. */
export interface TrialOptions {
  /** The dataset that the rows are of. */
  readonly dataset: GraphDataset
  /** Its columns; default: those of the first row. */
  readonly columns?: readonly string[]
  /** how often each column is changed; default 10. */
  readonly tries?: number
  /** What makes the changes repeatable; default 42. */
  readonly seed?: number
  readonly signal?: AbortSignal
}

/** What a change of a column led to. */
export interface TriedColumn {
  /** The column that was changed. */
  readonly from: string
  /** The column that changed with it; undefined: which rows there were, or their order. */
  readonly to: string | undefined
  /** The share of the tries in which that was seen, 0–1. */
  readonly confidence: number
  /** The tries that ran to their end. */
  readonly tries: number
}

/** What trying found. */
export interface TriedColumns extends FoundColumns {
  readonly tried: readonly TriedColumn[]
}

/** The rows that a transformation gives for rows. */
export type Transformation = (rows: readonly Row[]) => Promise<readonly Row[]> | readonly Row[]

/**
 * Experimental: finds out which columns a function makes of which by trying. In a few rows it changes the values of one
 * column, to others of the same column or to none, and sees which columns of the outcome are no longer the same.
 *
 * What no try shows is not told, so an answer may lack columns; `confidence` says how often it was seen. The function runs
 * 2 + columns × tries times, and must give the same for the same rows. A column whose values come through as they are is
 * told as IDENTITY; of all others it is not known whether they are used or only decide, so no kind is told.
 *
 * @param rows a few dozen are enough; those of a sample with edge cases show more
 * @example
 * const { lineage } = await columnsByTrial(rows, (given) => given.map(({ a, b }) => ({ total: a + b })), { dataset })
 */
export async function columnsByTrial(
  rows: readonly Row[],
  transform: Transformation,
  options: TrialOptions,
): Promise<TriedColumns> {
  const { dataset, columns = Object.keys(rows[0] ?? {}), tries = 10, seed = 42, signal } = options
  const before = outcomeOf(await transform(rows))
  const names = before.names
  const nothing = (reason: string): TriedColumns => ({
    inputs: [dataset],
    columns: names,
    lineage: undefined,
    warnings: [untoldFinding(reason)],
    tried: [],
  })
  if (rows.length === 0) return nothing('there are no rows to try it with')
  const again = outcomeOf(await transform(rows))
  if (
    again.names.join('\0') !== names.join('\0') ||
    names.some((name) => isOther(before, again, name)) ||
    again.order !== before.order
  )
    return nothing('it gives other rows each time')

  const tried: TriedColumn[] = []
  const identical = new Set<string>()
  for (const column of columns) {
    const attempts: Attempt[] = []
    for (let at = 0; at < tries; at++) {
      throwIfAborted(signal)
      const changed = changedRows(rows, column, at, chanceOf(`${seed} ${column} ${at}`))
      const after = changed && (await attempt(transform, changed))
      if (!changed || !after || after.names.join('\0') !== names.join('\0')) continue
      attempts.push(comparison(before, after, rows, changed, column))
    }
    const decides = attempts.some(({ isCountOther }) => isCountOther)
    for (const to of [undefined, ...names]) {
      // Where it decides about rows, one may leave and another come: there only tries count that changed one row.
      const telling = to !== undefined && decides ? attempts.filter(({ changed }) => changed === 1) : attempts
      const times = telling.filter(({ found }) => found.has(to)).length
      if (times === 0) continue
      tried.push({ from: column, to, confidence: times / telling.length, tries: telling.length })
      const comparable = attempts.filter(({ isCountOther }) => !isCountOther)
      if (to !== undefined && comparable.every(({ same }) => same.has(to))) identical.add(JSON.stringify([column, to]))
    }
  }
  const field = ({ from, to }: TriedColumn): InputField => ({
    ...dataset,
    field: from,
    ...(to !== undefined && identical.has(JSON.stringify([from, to]))
      ? { transformations: [{ type: 'DIRECT' as const, subtype: 'IDENTITY' }] }
      : {}),
  })
  const fieldsTo = (name: string | undefined): InputField[] => tried.filter(({ to }) => to === name).map(field)
  return {
    inputs: [dataset],
    columns: names,
    lineage: {
      fields: Object.fromEntries(names.map((name) => [name, fieldsTo(name)])),
      dataset: fieldsTo(undefined).map((one) => ({ ...one, transformations: [{ type: 'INDIRECT' }] })),
    },
    warnings: [EXPERIMENTAL],
    tried,
  }
}

const EXPERIMENTAL: Finding = {
  severity: 'info',
  code: 'lineage.columns_tried',
  message: 'Which columns are made of which was found by trying: what no try shows is not told.',
  hint: 'Give it more rows, and such with rare values.',
}

/** What one try shows. */
interface Attempt {
  /** Rows that were changed. */
  readonly changed: number
  readonly isCountOther: boolean
  /** Columns that are no longer the same; undefined: which rows there are, or their order. */
  readonly found: ReadonlySet<string | undefined>
  /** Columns that hold what the changed column holds. */
  readonly same: ReadonlySet<string>
}

function comparison(
  before: Outcome,
  after: Outcome,
  rows: readonly Row[],
  given: readonly Row[],
  column: string,
): Attempt {
  const changed = rows.filter((row, place) => row !== given[place]).length
  const isCountOther = after.rows.length !== before.rows.length
  const values = multiset(given.map((row) => textOf(row[column])))
  const { names } = before
  return {
    changed,
    isCountOther,
    found: new Set([
      ...(isCountOther || isReordered(before, after, changed) ? [undefined] : []),
      // Which rows belong together is not known any more where there are more or less of them.
      ...(isCountOther ? [] : names.filter((name) => isOther(before, after, name))),
    ]),
    same: new Set(names.filter((name) => after.columns.get(name) === values)),
  }
}

/** What comes out; undefined where it does not run with these rows, which tells nothing. */
async function attempt(transform: Transformation, rows: readonly Row[]): Promise<Outcome | undefined> {
  try {
    return outcomeOf(await transform(rows))
  } catch {
    return undefined
  }
}

/** What came out, ready to be compared. */
interface Outcome {
  readonly names: readonly string[]
  readonly rows: readonly string[]
  /** The rows, in order, as one text. */
  readonly order: string
  /** The values of each column, in no order, as one text. */
  readonly columns: ReadonlyMap<string, string>
}

function outcomeOf(rows: readonly Row[]): Outcome {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const texts = rows.map((row) => names.map((name) => textOf(row[name])).join('\u0001'))
  const columns = new Map(names.map((name) => [name, multiset(rows.map((row) => textOf(row[name])))]))
  return { names, rows: texts, order: texts.join('\u0002'), columns }
}

function isOther(one: Outcome, other: Outcome, name: string): boolean {
  return one.columns.get(name) !== other.columns.get(name)
}

/**
 * Whether rows that are in both stand in another order. Where no more rows differ than were changed, each is the outcome of
 * its own.
 */
function isReordered(before: Outcome, after: Outcome, changed: number): boolean {
  if (before.rows.filter((row, at) => row !== after.rows[at]).length <= changed) return false
  const [first, second] = [singles(before.rows), singles(after.rows)]
  const other = [...second].filter((row) => first.has(row))
  return [...first].filter((row) => second.has(row)).some((row, at) => row !== other[at])
}

/** Rows that are there once, in order. */
function singles(rows: readonly string[]): ReadonlySet<string> {
  const twice = new Set<string>()
  const seen = new Set<string>()
  for (const row of rows) (seen.has(row) ? twice : seen).add(row)
  return new Set(rows.filter((row) => !twice.has(row)))
}

function multiset(texts: readonly string[]): string {
  return texts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join('\u0002')
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one))
}

/**
 * Rows in which some values of a column are others of the same column; in every third try, none. Undefined where there is no
 * other value.
 */
function changedRows(
  rows: readonly Row[],
  column: string,
  at: number,
  chance: () => number,
): readonly Row[] | undefined {
  const values = [...new Map(rows.map((row) => [textOf(row[column]), row[column]]))]
  const pick = Math.floor(chance() * rows.length)
  // One row alone first, which shows most clearly what follows from it; then more of them.
  const share = at % 3 === 0 ? 0 : at % 3 === 1 ? 0.3 : 0.15
  const isNulled = at % 3 === 2
  let isChanged = false
  const changed = rows.map((row, place) => {
    if (place !== pick && chance() >= share) return row
    const others = values.filter(([text]) => text !== textOf(row[column]))
    const other = isNulled ? ['null', null] : others[Math.floor(chance() * others.length)]
    if (!other || other[0] === textOf(row[column])) return row
    isChanged = true
    return { ...row, [column]: other[1] }
  })
  return isChanged ? changed : undefined
}

/** Numbers between 0 and 1 that follow from a text: FNV-1a, then the steps of mulberry32. */
function chanceOf(text: string): () => number {
  let state = 0x811c9dc5
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) as number), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
