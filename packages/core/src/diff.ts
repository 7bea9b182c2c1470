import { failure } from './codes.ts'
import { pairedColumns, type PairedColumn } from './diff/paired-columns.ts'
import {
  countsQuery,
  examplesQuery,
  oddKeysQuery,
  oddSumsQuery,
  pairsQuery,
  wholeRowsQuery,
  type Sides,
} from './diff/query.ts'
import type { QueryOptions, Row } from './engine.ts'
import type { Frame } from './frame.ts'
import { distinctNames, resolveNames } from './names.ts'
import { newTable } from './sources/table-name.ts'

/** How to compare the rows of two frames. */
export interface DiffRowsOptions extends QueryOptions {
  /** Columns whose values together name one row. Default: none; then rows are compared whole, as a bag of rows. */
  readonly key?: readonly string[] | undefined
  /** Examples of each kind of difference, 0–100. Default: 3. */
  readonly examples?: number | undefined
}

/** A value on both sides, as text of the engine; null where there is none. Long text is cut and ends with `…`. */
export interface ChangedValue {
  /** The row's key, as text, in the order of the key's columns. */
  readonly key: readonly string[]
  readonly before: string | null
  readonly after: string | null
}

/** A column whose values differ in rows of the same key. */
export interface ChangedColumn {
  readonly column: string
  /** Rows in which it differs. */
  readonly changed: number
  /** Of these, rows that had no value before. */
  readonly filled: number
  /** Of these, rows that have no value now. */
  readonly emptied: number
  /** Of the 50 columns that changed most. */
  readonly examples: readonly ChangedValue[]
}

/** Rows whose key names more than one row, or is missing: they are compared whole. */
export interface OddKeys {
  /** Rows of each side without a value in a column of the key. */
  readonly nulls: readonly [before: number, after: number]
  /** Keys that one side or both have more than once. */
  readonly repeated: number
  /** Rows of each side that have such a key. */
  readonly repeatedRows: readonly [before: number, after: number]
}

/**
 * How the rows of two frames differ. `beforeRows = removed + changed + unchanged`, `afterRows = added + changed + unchanged`.
 */
export interface RowsDiff {
  readonly beforeRows: number
  readonly afterRows: number
  /** The columns that name a row; none where rows were compared whole. */
  readonly key: readonly string[]
  /** The columns that both sides have: only these are compared. */
  readonly compared: readonly string[]
  /** Those of them whose types have nothing in common: their values are compared as text. */
  readonly asText: readonly string[]
  readonly added: number
  readonly removed: number
  /** Rows of the same key with another value; 0 without a key. */
  readonly changed: number
  readonly unchanged: number
  /** Only with a key, where there are any. */
  readonly odd?: OddKeys
  /** The columns that changed, the most often changed first. */
  readonly columns: readonly ChangedColumn[]
  /** Examples of rows, as text, in the order of `compared`; at most the first {@link SHOWN_COLUMNS} columns of them. */
  readonly addedRows: readonly (readonly (string | null)[])[]
  readonly removedRows: readonly (readonly (string | null)[])[]
}

/** Columns that examples of rows show. */
const SHOWN_COLUMNS = 20

/** Columns that have examples. */
const EXAMPLE_COLUMNS = 50

/** Columns that one query looks at: its planning grows squarely with them. */
const COUNTED_AT_ONCE = 50
const SHOWN_AT_ONCE = 10

/** Examples where the caller names no number. */
const USUAL_EXAMPLES = 3
const MOST_EXAMPLES = 100

/**
 * Compares the rows of two frames: with a key, which rows are new, gone or changed, and in which columns; without one, which
 * rows are new or gone, as a bag in which the same row may be several times. Missing values are equal, NaN too. Exact.
 *
 * Rows whose key is missing, or names several rows of a side, cannot be told apart: they are compared whole, and counted in `odd`.
 * The engine does the work (a full outer join), and spills what has no room in memory. A text table is read once, and kept by the engine
 * meanwhile.
 *
 * @param before rows as they were
 * @param after rows as they are; of the same engine
 * @throws DS_COLUMN_UNKNOWN for a key that not both sides have
 * @throws DS_OPTION where the sides have no column in common
 * @example (await diffRows(old, now, { key: ['id'] })).columns[0] // { column: 'price', changed: 2, filled: 0, emptied: 0, examples: […] }
 */
export async function diffRows(before: Frame, after: Frame, options: DiffRowsOptions = {}): Promise<RowsDiff> {
  const { signal, onProgress, examples = USUAL_EXAMPLES } = options
  if (!(Number.isInteger(examples) && examples >= 0 && examples <= MOST_EXAMPLES))
    throw failure('DS_OPTION', `diff: examples is a whole number from 0 to ${MOST_EXAMPLES}, not ${examples}`)
  const paired = pairedColumns(await before.schema({ signal }), await after.schema({ signal }))
  const names = paired.map(({ name }) => name)
  if (names.length === 0) throw failure('DS_OPTION', 'diff: the two sides have no column in common')
  const key = distinctNames(resolveNames(options.key ?? [], names, 'diff: key'), 'diff: key')
  const [old, now] = [await kept(before, names, signal), await kept(after, names, signal)]
  const ordered = [...paired].sort((a, b) => rank(a, key) - rank(b, key))
  const sides: Sides = {
    before: old.relation.from,
    after: now.relation.from,
    columns: ordered,
    keys: key.length,
    shown: names.slice(0, SHOWN_COLUMNS).map((name) => ordered.findIndex((column) => column.name === name)),
    examples,
  }
  const engine = before.engine
  const run = async (text: string): Promise<Row> => (await engine.query(text, { signal, onProgress }))[0] ?? {}
  const head = { key, compared: names, asText: paired.filter(({ asText }) => asText).map(({ name }) => name) }
  if (key.length === 0) {
    const whole = wholeOf(await run(wholeRowsQuery(sides)))
    return { ...sizes(whole, 0), ...head, ...whole, changed: 0, columns: [] }
  }
  const table = newTable('odd')
  try {
    await run(oddKeysQuery(sides, table))
    const odd = oddOf(await run(oddSumsQuery(table, key.length)))
    const pairs = await run(pairsQuery(sides, odd ? table : undefined))
    const whole = odd ? wholeOf(await run(wholeRowsQuery(sides, table))) : NOTHING
    const changed = Number(pairs['changed'])
    const columns = changed === 0 ? [] : await changedColumns(run, sides, odd ? table : undefined)
    const found = wholeOf(pairs)
    const sums = {
      added: found.added + whole.added,
      removed: found.removed + whole.removed,
      unchanged: found.unchanged + whole.unchanged,
      addedRows: [...found.addedRows, ...whole.addedRows].slice(0, examples),
      removedRows: [...found.removedRows, ...whole.removedRows].slice(0, examples),
    }
    return { ...sizes(sums, changed), ...head, ...sums, changed, ...(odd ? { odd } : {}), columns }
  } finally {
    await engine.query(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined)
  }
}

/** The columns of a key come first, in its order. */
function rank({ name }: PairedColumn, key: readonly string[]): number {
  const at = key.indexOf(name)
  return at < 0 ? key.length : at
}

/** The columns of a frame, to be read several times: a text table is read once. */
async function kept(frame: Frame, names: readonly string[], signal: AbortSignal | undefined): Promise<Frame> {
  const some = frame.select(...names)
  if (!frame.relation.byColumn) return some.cache({ signal })
  await some.ready({ signal })
  return some
}

type Whole = Pick<RowsDiff, 'added' | 'removed' | 'unchanged' | 'addedRows' | 'removedRows'>

const NOTHING: Whole = { added: 0, removed: 0, unchanged: 0, addedRows: [], removedRows: [] }

function sizes({ added, removed, unchanged }: Whole, changed: number): { beforeRows: number; afterRows: number } {
  return { beforeRows: removed + changed + unchanged, afterRows: added + changed + unchanged }
}

function wholeOf(row: Row): Whole {
  return {
    added: Number(row['added'] ?? 0),
    removed: Number(row['removed'] ?? 0),
    unchanged: Number(row['unchanged'] ?? 0),
    addedRows: listOf(row['added_rows']) as string[][],
    removedRows: listOf(row['removed_rows']) as string[][],
  }
}

/** The columns that differ in rows of the same key, the most often first, with examples; a few columns at a time. */
async function changedColumns(
  run: (text: string) => Promise<Row>,
  sides: Sides,
  odd: string | undefined,
): Promise<ChangedColumn[]> {
  const { columns, keys, examples } = sides
  const places = columns.slice(keys).map((_, at) => at + keys)
  const found: { readonly place: number; readonly column: ChangedColumn }[] = []
  for (const some of chunks(places, COUNTED_AT_ONCE)) {
    const row = await run(countsQuery(sides, odd, some))
    const number = (what: string, place: number): number => Number(row[`${what}_${place}`])
    for (const place of some) {
      const changed = number('changed', place)
      const [filled, emptied] = [number('filled', place), number('emptied', place)]
      const column = columns[place]?.name ?? ''
      if (changed > 0) found.push({ place, column: { column, changed, filled, emptied, examples: [] } })
    }
  }
  found.sort((a, b) => b.column.changed - a.column.changed)
  const told = examples === 0 ? [] : found.slice(0, EXAMPLE_COLUMNS).map(({ place }) => place)
  const shown = new Map<number, ChangedValue[]>()
  for (const some of chunks(told, SHOWN_AT_ONCE)) {
    const row = await run(examplesQuery(sides, odd, some))
    for (const place of some) shown.set(place, listOf(row[`examples_${place}`]) as ChangedValue[])
  }
  return found.map(({ place, column }) => ({ ...column, examples: shown.get(place) ?? [] }))
}

function chunks<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}

function oddOf(row: Row): OddKeys | undefined {
  const sum = (name: string): number => Number(row[name] ?? 0)
  const odd: OddKeys = {
    nulls: [sum('null_before'), sum('null_after')],
    repeated: sum('repeated'),
    repeatedRows: [sum('repeated_before'), sum('repeated_after')],
  }
  return odd.repeated > 0 || odd.nulls.some((rows) => rows > 0) ? odd : undefined
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
