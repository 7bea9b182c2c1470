import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { Batch, Engine, QueryOptions, Row } from '../engine.ts'
import { resolveNames } from '../names.ts'
import type { Relation } from '../relation.ts'
import { selectFrom } from '../relation.ts'
import type { Source } from '../source.ts'
import { ident, join, raw } from '../sql.ts'
import { typeName } from '../verbs/type-name.ts'
import { newTable } from './table-name.ts'
import { kindOf, stored, widerKind, TYPE_OF, type ValueKind } from './value-kind.ts'

/** Rows that JavaScript has, at once or one after another. */
export type GivenRows = Iterable<Row> | AsyncIterable<Row>

/** Rows put into the table at once. */
const BATCH = 2048

/**
 * Rows from JavaScript: objects by column name. They are read once, into a table of the engine. A column's type is that
 * of its values: whole numbers, numbers, texts, booleans, dates, bytes; JSON where there are lists or objects; text where
 * values are of several kinds.
 *
 * @param types engine types of columns by name, as `{ day: 'DATE' }`; the others are found in the values
 * @throws DS_SOURCE_EMPTY where there is neither a row nor a type
 * @throws DS_VALUE_MISFIT for a value that no column can hold, or that is not of the declared type
 */
export async function rowsSource(
  engine: Engine,
  dataset: DatasetRef,
  rows: GivenRows,
  types: Readonly<Record<string, string>> = {},
  options?: QueryOptions,
): Promise<Source> {
  if (!engine.append) throw failure('DS_ENGINE', `${engine.dialect.name} cannot take rows from JavaScript`)
  const table = newTable('rows')
  const columns = new Map<string, ValueKind>(Object.keys(types).map((name) => [name, 'none']))
  const reader = batchesOf(rows)
  let pending = await reader.next()
  if (pending.done && columns.size === 0) {
    throw failure('DS_SOURCE_EMPTY', 'there are no rows, so their columns are unknown', {
      hint: 'Give at least one row, or the columns: open(rows, { types: { id: "BIGINT" } }).',
    })
  }
  if (!pending.done) widen(columns, pending.value.rows, pending.value.first)
  await engine.query(
    `CREATE TABLE ${table} (${[...columns].map(([name, kind]) => `${ident(name).text} ${TYPE_OF[kind]}`).join(', ')})`,
    options,
  )
  while (!pending.done) {
    const before = new Map(columns)
    widen(columns, pending.value.rows, pending.value.first)
    await alter(engine, table, before, columns)
    await engine.append(table, fitting(), options)
  }
  const relation: Relation = { from: raw(table), names: [...columns.keys()] }
  return { dataset, files: [], relation: typed(relation, types) }

  /** The batches up to the first that the table's columns do not hold. */
  async function* fitting(): AsyncGenerator<Batch> {
    while (!pending.done) {
      const wanted = new Map(columns)
      widen(wanted, pending.value.rows, pending.value.first)
      if ([...wanted].some(([name, kind]) => columns.get(name) !== kind)) return
      const { rows: batch } = pending.value
      yield {
        names: [...columns.keys()],
        rows: batch.length,
        columns: [...columns].map(([name, kind]) => batch.map((row) => stored(row[name], kind))),
      }
      pending = await reader.next()
    }
  }
}

async function* batchesOf(rows: GivenRows): AsyncGenerator<{ rows: Row[]; first: number }> {
  let batch: Row[] = []
  let first = 1
  for await (const row of rows) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw failure(
        'DS_VALUE_MISFIT',
        `row ${first + batch.length} is ${Array.isArray(row) ? 'an array' : `a ${typeof row}`}, not an object`,
        {
          hint: 'Give rows as objects by column name: { id: 1, name: "a" }.',
        },
      )
    }
    batch.push(row)
    if (batch.length < BATCH) continue
    yield { rows: batch, first }
    first += batch.length
    batch = []
  }
  if (batch.length > 0) yield { rows: batch, first }
}

/** Makes columns wide enough for some rows, and adds those that are new. */
function widen(columns: Map<string, ValueKind>, rows: readonly Row[], first: number): void {
  rows.forEach((row, at) => {
    for (const name of Object.keys(row)) {
      const kind = kindOf(row[name])
      if (kind === undefined) {
        throw failure(
          'DS_VALUE_MISFIT',
          `row ${first + at}: column '${name}' holds a ${typeof row[name]}, which is no value`,
          {
            hint: 'Give numbers, bigints, strings, booleans, Dates, Uint8Arrays, lists, objects or null.',
          },
        )
      }
      const had = columns.get(name)
      columns.set(name, had === undefined ? kind : widerKind(had, kind))
    }
  })
}

async function alter(
  engine: Engine,
  table: string,
  before: ReadonlyMap<string, ValueKind>,
  after: ReadonlyMap<string, ValueKind>,
): Promise<void> {
  for (const [name, kind] of after) {
    const had = before.get(name)
    const column = ident(name).text
    if (had === undefined) await engine.query(`ALTER TABLE ${table} ADD COLUMN ${column} ${TYPE_OF[kind]}`)
    else if (had !== kind) {
      const value = kind === 'json' ? `CAST(to_json(${column}) AS JSON)` : `CAST(${column} AS ${TYPE_OF[kind]})`
      await engine.query(`ALTER TABLE ${table} ALTER ${column} TYPE ${TYPE_OF[kind]} USING ${value}`)
    }
  }
}

/** The table's columns in the types that were declared. */
function typed(relation: Relation, types: Readonly<Record<string, string>>): Relation {
  const declared = new Map(
    resolveNames(Object.keys(types), relation.names, 'types').map((name, at) => [
      name,
      Object.values(types)[at] as string,
    ]),
  )
  if (declared.size === 0) return relation
  const list = relation.names.map((name) => {
    const type = declared.get(name)
    const column = ident(name)
    return type === undefined ? column : raw(`CAST(${column.text} AS ${typeName(type, 'types')}) AS ${column.text}`)
  })
  return selectFrom(relation, join(list), relation.names)
}
