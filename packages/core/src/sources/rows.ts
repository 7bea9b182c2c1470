import { setImmediate as pause } from 'node:timers/promises'
import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { Batch, Engine, QueryOptions, Row } from '../engine.ts'
import { isDayshiftError, messageOf } from '../errors.ts'
import { keptTable } from '../preparation.ts'
import type { Source } from '../source.ts'
import { ident } from '../sql.ts'
import { typeName } from '../verbs/type-name.ts'
import { newTable } from './table-name.ts'
import { kindOf, stored, widerKind, TYPE_OF, type ValueKind } from './value-kind.ts'

/** Rows that JavaScript has, at once or one after another. */
export type GivenRows = Iterable<Row> | AsyncIterable<Row>

/** Rows put into the table at once. */
const BATCH = 2048

/** Columns by name, with what they hold. */
type Columns = ReadonlyMap<string, ValueKind>

/**
 * Rows from JavaScript: objects by column name. They are read once, into a table of the engine, which stays as long as a
 * frame over it does. A column's type is that of its values: whole numbers, numbers, texts, booleans, dates, bytes; JSON where
 * there are lists or objects; text where values are of several kinds.
 *
 * @param types engine types of columns by name, as `{ day: 'DATE' }`; the others are found in the values
 * @throws DS_SOURCE_EMPTY where there is neither a column nor a type
 * @throws DS_SOURCE_UNREADABLE where the rows break off
 * @throws DS_VALUE_MISFIT for a value that no column can hold, or that is not of the declared type
 * @throws DS_COLUMN_TWICE for names that differ in case alone
 */
export async function rowsSource(
  engine: Engine,
  dataset: DatasetRef,
  rows: GivenRows,
  types: Readonly<Record<string, string>> = {},
  options?: QueryOptions,
): Promise<Source> {
  if (!engine.append) throw failure('DS_ENGINE', `${engine.dialect.name} cannot take rows from JavaScript`)
  const declared = Object.entries(types).map(([name, type]) => [name, typeName(type, 'types')] as const)
  // Numbers that are declared to be text are written as JavaScript writes them.
  let columns: Columns = new Map(declared.map(([name, type]) => [name, TEXT.test(type) ? 'text' : 'none']))
  let table: string | undefined
  const reader = batchesOf(rows)
  try {
    let next = await reader.next()
    let wanted = widened(columns, next)
    if (wanted.size === 0) {
      throw failure('DS_SOURCE_EMPTY', `there are no ${next.done ? 'rows' : 'columns'}, so their names are unknown`, {
        hint: 'Give at least one row, or the columns: open(rows, { types: { id: "BIGINT" } }).',
      })
    }
    do {
      table = await widen(engine, table, columns, wanted, options)
      columns = wanted
      await engine.append(table, fitting(), options)
    } while (!next.done)
    for (const [name, type] of declared) await declare(engine, table, name, type, options)
    const needs = [keptTable(engine, table)]
    return { dataset, files: [], relation: { from: ident(table), names: [...columns.keys()], needs, byColumn: true } }

    /** Batches up to the first that the table's columns do not hold. */
    async function* fitting(): AsyncGenerator<Batch> {
      for (; !next.done && wanted === columns; wanted = sameOr(columns, widened(columns, next))) {
        yield batchOf(next.value, columns)
        next = await reader.next()
      }
    }
  } catch (error) {
    if (table !== undefined) await engine.query(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined)
    throw error
  } finally {
    await reader.return(undefined)
  }
}

const TEXT = /^(VARCHAR|TEXT|STRING)$/i

interface GivenBatch {
  readonly rows: Row[]
  /** The number of its first row, from 1. */
  readonly first: number
}

/** How long rows are taken without a pause, in milliseconds. */
const TURN_MS = 50

async function* batchesOf(rows: GivenRows): AsyncGenerator<GivenBatch, undefined> {
  let batch: Row[] = []
  let first = 1
  let paused = performance.now()
  try {
    for await (const row of rows) {
      if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notARow(row, first + batch.length)
      batch.push(row)
      if (batch.length < BATCH) continue
      yield { rows: batch, first }
      first += batch.length
      batch = []
      if (performance.now() - paused < TURN_MS) continue
      // Rows that are there already would let nobody else have a turn: no timer, no abort.
      await pause()
      paused = performance.now()
    }
  } catch (error) {
    if (isDayshiftError(error)) throw error
    throw failure('DS_SOURCE_UNREADABLE', `the rows broke off after ${first + batch.length - 1}: ${messageOf(error)}`, {
      cause: error,
    })
  }
  if (batch.length > 0) yield { rows: batch, first }
  return undefined
}

function notARow(row: unknown, at: number): Error {
  const what = row === null ? 'null' : Array.isArray(row) ? 'an array' : `a ${typeof row}`
  return failure('DS_VALUE_MISFIT', `row ${at} is ${what}, not an object`, {
    hint: 'Give rows as objects by column name: { id: 1, name: "a" }.',
  })
}

/** Columns that hold the rows of a batch too, new ones at the end. */
function widened(columns: Columns, batch: IteratorResult<GivenBatch, undefined>): Columns {
  const wider = new Map(columns)
  if (batch.done) return wider
  batch.value.rows.forEach((row, at) => {
    for (const name of Object.keys(row)) {
      const kind = kindOf(row[name])
      if (kind === undefined) throw noValue(row[name], name, batch.value.first + at)
      const had = wider.get(name)
      if (had === undefined) refuseTwin(wider, name, batch.value.first + at)
      wider.set(name, had === undefined ? kind : widerKind(had, kind))
    }
  })
  return wider
}

/** The first where both are alike, so that they can be told apart by identity. */
function sameOr(columns: Columns, wider: Columns): Columns {
  return [...wider].every(([name, kind]) => columns.get(name) === kind) ? columns : wider
}

function refuseTwin(columns: Columns, name: string, row: number): void {
  const lower = name.toLowerCase()
  for (const other of columns.keys()) {
    if (other.toLowerCase() !== lower) continue
    throw failure('DS_COLUMN_TWICE', `row ${row}: the columns '${other}' and '${name}' differ in case alone`)
  }
}

function noValue(value: unknown, name: string, row: number): Error {
  const what =
    value instanceof Date
      ? 'an invalid Date'
      : typeof value === 'object'
        ? `a ${value?.constructor.name ?? 'value'}`
        : `a ${typeof value}`
  return failure('DS_VALUE_MISFIT', `row ${row}: column '${name}' holds ${what}, which is no value`, {
    hint: 'Give numbers, bigints, strings, booleans, Dates, Uint8Arrays, arrays, plain objects or null.',
  })
}

function batchOf({ rows, first }: GivenBatch, columns: Columns): Batch {
  const values = ([name, kind]: readonly [string, ValueKind]): unknown[] => {
    const inherited = name in Object.prototype
    return rows.map((row, at) => {
      try {
        return stored(inherited && !Object.hasOwn(row, name) ? null : row[name], kind)
      } catch (error) {
        throw failure('DS_VALUE_MISFIT', `row ${first + at}: column '${name}': ${messageOf(error)}`, { cause: error })
      }
    })
  }
  return { names: [...columns.keys()], rows: rows.length, columns: [...columns].map(values) }
}

/** Brings a table to wider columns, and gives its name: another one where values had to be written anew. */
async function widen(
  engine: Engine,
  table: string | undefined,
  before: Columns,
  after: Columns,
  options: QueryOptions | undefined,
): Promise<string> {
  const list = [...after].map(([name, kind]) => `${ident(name).text} ${TYPE_OF[kind]}`)
  if (table === undefined) {
    const made = newTable('rows')
    await engine.query(`CREATE TABLE ${made} (${list.join(', ')})`, options)
    return made
  }
  for (const [name] of [...after].slice(before.size)) {
    // What it holds is known below.
    await engine.query(`ALTER TABLE ${table} ADD COLUMN ${ident(name).text} ${TYPE_OF.none}`, options)
  }
  const wider = [...after].filter(([name, kind]) => (before.get(name) ?? 'none') !== kind)
  if (wider.every(([name, kind]) => isPlain(before.get(name), kind))) {
    for (const [name, kind] of wider) await retype(engine, table, name, TYPE_OF[kind], options)
    return table
  }
  const rewritten = newTable('rows')
  await engine.query(`CREATE TABLE ${rewritten} (${list.join(', ')})`, options)
  try {
    await engine.append?.(rewritten, restored(engine.stream(`SELECT * FROM ${table}`, options), before, after), options)
  } catch (error) {
    await engine.query(`DROP TABLE ${rewritten}`).catch(() => undefined)
    throw error
  }
  await engine.query(`DROP TABLE ${table}`)
  return rewritten
}

/** Whether the engine brings values from one kind to another just as `stored` does. */
function isPlain(before: ValueKind | undefined, after: ValueKind): boolean {
  return before === undefined || before === 'none' || after === 'long' || after === 'huge' || after === 'number'
}

/** The values of a table as wider columns have them. */
async function* restored(batches: AsyncIterable<Batch>, before: Columns, after: Columns): AsyncGenerator<Batch> {
  const kinds = [...after].map(([name, kind]) => (before.get(name) === kind ? undefined : kind))
  for await (const batch of batches) {
    const columns = batch.columns.map((values, at) => {
      const kind = kinds[at]
      return kind === undefined ? values : Array.from(values, (value) => stored(value, kind))
    })
    yield { ...batch, columns }
  }
}

async function declare(
  engine: Engine,
  table: string,
  name: string,
  type: string,
  options: QueryOptions | undefined,
): Promise<void> {
  if (TEXT.test(type)) return
  try {
    await retype(engine, table, name, type, options)
  } catch (error) {
    if (!isDayshiftError(error) || error.code !== 'DS_QUERY') throw error
    throw failure('DS_VALUE_MISFIT', `column '${name}' is no ${type}: ${error.message}`, { cause: error })
  }
}

async function retype(
  engine: Engine,
  table: string,
  name: string,
  type: string,
  options: QueryOptions | undefined,
): Promise<void> {
  await engine.query(`ALTER TABLE ${table} ALTER ${ident(name).text} TYPE ${type}`, options)
}
