import { failure } from '../codes.ts'
import type { QueryOptions, Row } from '../engine.ts'
import type { Frame } from '../frame.ts'
import { open, type OpenOptions } from '../open.ts'
import type { Column } from '../schema.ts'

/**
 * The danfojs module, as the caller imports it. It is typed by the one member that is used, so that this package neither
 * imports nor installs it.
 */
export interface Danfo<DataFrame> {
  readonly DataFrame: new (data: unknown[][], options: { columns: string[]; dtypes: string[] }) => DataFrame
}

/** A data frame or a series of danfojs, by what is read of it. */
export interface DanfoFrame {
  readonly columns: readonly string[]
  /** One array a row; of a series, one value a row. */
  readonly values: readonly unknown[]
  /** `int32`, `float32`, `string`, `boolean`: what danfojs takes the columns for. */
  readonly dtypes?: readonly string[]
  readonly index?: readonly (string | number)[]
}

/** How a frame goes to danfojs. */
export interface ToDanfoOptions extends QueryOptions {
  /** The most rows that are taken; more are an error. Default: 100 000, which danfojs needs seconds to sort. */
  readonly limit?: number
  /**
   * What becomes of whole numbers beyond ±(2^53 − 1), for which danfojs has no type: `refuse` throws, `text` makes the
   * column text, `round` takes the nearest number. Default: `refuse`.
   */
  readonly bigints?: 'refuse' | 'text' | 'round'
  /**
   * What becomes of dates and timestamps: `text` is ISO 8601 (`2024-02-29`, `2024-02-29T12:00:00.000Z`), which danfojs
   * reads with `.dt`; `date` are JavaScript's. Default: `text`.
   */
  readonly dates?: 'text' | 'date'
}

/** How a frame comes from danfojs. */
export interface FromDanfoOptions extends Pick<OpenOptions, 'types' | 'engine' | 'dataset' | 'signal' | 'onProgress'> {
  /** Keeps the index, as the first column under this name. Default: it is left out. */
  readonly index?: string
}

const MOST_ROWS = 100_000

/** What danfojs calls the types; it has no others, and does not look into text. */
const DTYPES: Readonly<Partial<Record<Column['type'], string>>> = {
  boolean: 'boolean',
  integer: 'int32',
  float: 'float32',
  decimal: 'float32',
}

/**
 * A frame as a real `DataFrame` of danfojs, all of it in memory: numbers, texts and booleans as they are, `null` where
 * there is no value, decimals of more than 15 digits as text, lists and structs as JSON.
 *
 * @param danfo what `import * as dfd from 'danfojs-node'` gives
 * @throws DS_TOO_LARGE for more rows than the limit
 * @throws DS_VALUE_MISFIT for bytes, and for whole numbers beyond 2^53 unless `bigints` tells what to do
 * @example
 * import * as dfd from 'danfojs-node'
 * const sample = await toDanfo(frame.sample({ rows: 5000 }), dfd)
 * sample.groupby(['origin']).mean().print()
 */
export async function toDanfo<DataFrame>(
  frame: Frame,
  danfo: Danfo<DataFrame>,
  options: ToDanfoOptions = {},
): Promise<DataFrame> {
  const { limit = MOST_ROWS, bigints = 'refuse', dates = 'text', ...query } = options
  const { columns } = await frame.schema()
  const rows: unknown[][] = []
  for await (const batch of frame.limit(limit + 1).batches(query)) {
    for (let at = 0; at < batch.rows; at++) rows.push(columns.map((_, column) => batch.columns[column]?.[at] ?? null))
  }
  if (rows.length > limit) {
    throw failure(
      'DS_TOO_LARGE',
      `toDanfo: there are more than ${limit} rows, and danfojs holds all of them in memory`,
      {
        hint: `Take a sample, frame.sample({ rows: ${limit} }), or say how many rows it may be: { limit: … }.`,
      },
    )
  }
  const dtypes = columns.map((column, at) => fit(rows, column, at, bigints, dates))
  return new danfo.DataFrame(rows, { columns: columns.map(({ name }) => name), dtypes })
}

/**
 * Turns a column's values into those that danfojs has.
 *
 * @returns what danfojs calls their type
 */
function fit(
  rows: readonly unknown[][],
  column: Column,
  at: number,
  bigints: NonNullable<ToDanfoOptions['bigints']>,
  dates: NonNullable<ToDanfoOptions['dates']>,
): string {
  const give = (change: (value: unknown) => unknown): void => {
    for (const row of rows) if (row[at] !== null) row[at] = change(row[at])
  }
  const some = (holds: (value: unknown) => boolean): boolean => rows.some((row) => holds(row[at]))
  const dtype = DTYPES[column.type] ?? 'string'
  if (column.type === 'binary' && some((value) => value instanceof Uint8Array)) {
    throw failure('DS_VALUE_MISFIT', `toDanfo: column '${column.name}' holds bytes, which danfojs does not know`, {
      hint: `Leave it out, or make text of it: frame.derive({ ${JSON.stringify(column.name)}: 'hex(…)' }).`,
    })
  }
  if (some((value) => typeof value === 'bigint')) {
    if (bigints === 'refuse') {
      throw failure('DS_VALUE_MISFIT', `toDanfo: column '${column.name}' has whole numbers beyond 2^53 − 1`, {
        hint: "Say { bigints: 'text' } to keep every digit, or { bigints: 'round' }.",
      })
    }
    give(bigints === 'text' ? String : Number)
    return bigints === 'text' ? 'string' : dtype
  }
  if (/^(date|timestamp|timestamptz)$/.test(column.type) && dates === 'date') return 'datetime'
  if (column.type === 'date') give((value) => (value instanceof Date ? value.toISOString().slice(0, -14) : value))
  if (dtype === 'string') give(asText)
  return some((value) => typeof value === 'string') ? 'string' : dtype
}

function asText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
}

/**
 * A frame of what danfojs holds: for what it cannot do, and to give a prototype's result back. `null`, `undefined` and
 * `NaN`, which are all missing to danfojs, are missing here. Types are those of the values; dates that are text stay text
 * unless `types` says otherwise.
 *
 * @throws DS_VALUE_MISFIT for a value that no column can hold, or that is not of the declared type
 * @example const frame = await fromDanfo(df, { types: { day: 'DATE' } })
 */
export async function fromDanfo(df: DanfoFrame, options: FromDanfoOptions = {}): Promise<Frame> {
  const { index, types = {}, ...rest } = options
  const names = index === undefined ? df.columns : [index, ...df.columns]
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    throw failure('DS_COLUMN_TWICE', `fromDanfo: two columns have the same name, case aside: ${names.join(', ')}`)
  }
  const given = new Set(Object.keys(types).map((name) => name.toLowerCase()))
  const found = Object.entries(typesOf(df)).filter(([name]) => !given.has(name.toLowerCase()))
  const all = { ...Object.fromEntries(found), ...types }
  const frame = await open(rowsOf(df, names, index !== undefined), { ...rest, types: all })
  // Declared columns come first there.
  return frame.select(...names)
}

/** Types that the values alone do not tell: of columns without any, and of floats that happen to be whole. */
function typesOf({ columns, values, dtypes = [] }: DanfoFrame): Record<string, string> {
  const types = columns.map((name, at) => {
    const cells = values.map((row) => cellOf(row, at)).filter((value) => !isMissing(value))
    if (cells.length === 0) return [name, NATIVE[dtypes[at] ?? 'string'] ?? 'VARCHAR'] as const
    const floats = dtypes[at] === 'float32' && cells.every((value) => typeof value === 'number')
    return floats ? ([name, 'DOUBLE'] as const) : undefined
  })
  return Object.fromEntries(types.filter((type) => type !== undefined))
}

const NATIVE: Readonly<Record<string, string>> = { boolean: 'BOOLEAN', int32: 'BIGINT', float32: 'DOUBLE' }

function* rowsOf(df: DanfoFrame, names: readonly string[], indexed: boolean): Generator<Row> {
  for (const [at, row] of df.values.entries()) {
    const cells = df.columns.map((_, column) => cellOf(row, column))
    const all = indexed ? [df.index?.[at] ?? at, ...cells] : cells
    yield Object.fromEntries(names.map((name, column) => [name, isMissing(all[column]) ? null : all[column]]))
  }
}

function cellOf(row: unknown, at: number): unknown {
  return Array.isArray(row) ? row[at] : row
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value)
}
