import { failure } from '../codes.ts'
import { rowsOf, type Batch, type Engine, type QueryOptions, type Row } from '../engine.ts'
import { distinctNames, resolveNames } from '../names.ts'
import { allNeeds, prepareOnce } from '../preparation.ts'
import { restrict, selectFrom, type Relation } from '../relation.ts'
import { newTable } from '../sources/table-name.ts'
import { ident, literal, raw } from '../sql.ts'
import { derive } from './derive.ts'
import { freeName } from '../free-name.ts'
import { isNested, stagedType, stagedValue } from './staged-type.ts'
import { typeName } from './type-name.ts'

/** Gives the new columns' values of a row; a column left out has no value. */
export type MapFunction = (row: Row) => Row

/** Adds columns, or replaces those of the same name, by a JavaScript function over rows: once each, in order. */
export function map(
  engine: Engine,
  relation: Relation,
  columns: Readonly<Record<string, string>>,
  give: MapFunction,
  reads: readonly string[] | undefined,
): Relation {
  if (typeof give !== 'function') throw failure('DS_FUNCTION', `map: a ${typeof give} is no function`)
  const names = distinctNames(Object.keys(columns), 'map')
  if (names.length === 0) throw failure('DS_COLUMN_UNKNOWN', 'map: name at least one column that the function gives')
  const types = names.map((name) => typeName(columns[name] as string, 'map'))
  const read = distinctNames(reads ? resolveNames(reads, relation.names, 'map') : relation.names, 'map')
  const name = newTable('map')
  const made = freeName(relation.names)
  // A struct has one field at least.
  const fields =
    read.length > 0 ? read.map((column) => `${literal(column).text}: ${ident(column).text}`) : ["'_': TRUE"]
  const called = selectFrom(relation, raw(`*, ${name}({${fields.join(', ')}}) AS ${ident(made).text}`), [
    ...relation.names,
    made,
  ])
  // Numbering makes the engine take rows in their order, and keeps what follows, as a filter, from coming before the call.
  const ordered = restrict(called, raw('QUALIFY row_number() OVER () > 0'))
  const values = names.map((column, at) => {
    const value = `${ident(made).text}.${ident(column).text}`
    const type = types[at] as string
    return [column, raw(`CAST(${isNested(type) ? `CAST(${value} AS JSON)` : value} AS ${type})`)] as const
  })
  // Over the names without the struct, which goes.
  const mapped = derive({ ...ordered, names: relation.names }, Object.fromEntries(values))
  const need = prepareOnce(`${name} is the function ${give.name || 'given to map'}`, (options) =>
    define(engine, name, names, types, read.length > 0 ? give : () => give({}), options),
  )
  return { ...mapped, needs: allNeeds(relation.needs, [need]) }
}

async function define(
  engine: Engine,
  name: string,
  names: readonly string[],
  types: readonly string[],
  give: MapFunction,
  options: QueryOptions | undefined,
): Promise<void> {
  if (!engine.define) {
    throw failure('DS_ENGINE', `map: ${engine.dialect.name} cannot call JavaScript`, {
      hint: 'Write it as SQL with derive, or take the rows with rows().',
    })
  }
  const staged = await Promise.all(types.map((type) => stagedType(engine, type, options)))
  const gives = names.map((column, at) => ({ name: column, nativeType: (staged[at] as { name: string }).name }))
  await engine.define(name, gives, (batch) => valuesOf(batch, names, staged.map(stagedValue), give))
}

function valuesOf(
  batch: Batch,
  names: readonly string[],
  convert: readonly ((value: unknown) => unknown)[],
  give: MapFunction,
): readonly (readonly unknown[])[] {
  const values = names.map((): unknown[] => [])
  for (const row of rowsOf(batch)) {
    const given = objectOf(give(row))
    refuseMisspelt(given, names, batch.names)
    for (let at = 0; at < names.length; at++) {
      const value = fieldOf(given, names[at] as string)
      values[at]?.push(value === null || value === undefined ? null : convert[at]?.(value))
    }
  }
  return values
}

/** Where a column is missing, and one is there that is neither new nor old, its name was misspelt. */
function refuseMisspelt(given: Row, names: readonly string[], old: readonly string[]): void {
  if (names.every((name) => name in given)) return
  const odd = Object.keys(given).find((key) => !names.includes(key) && !old.includes(key))
  if (odd !== undefined)
    throw new TypeError(`it gave '${odd}', which is none of the columns named: ${names.join(', ')}`)
}

function objectOf(given: unknown): Row {
  if (given instanceof Promise) {
    // Nobody waits for it, so its failure would end the process.
    given.catch(() => undefined)
    throw new TypeError('it gave a promise; it must not be async')
  }
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Row
  const what =
    given === null || given === undefined ? String(given) : Array.isArray(given) ? 'an array' : `a ${typeof given}`
  throw new TypeError(`it gave ${what}; it must give an object of the new columns`)
}

/** A field that the function gave: what every object has by itself, as `constructor`, is none. */
function fieldOf(given: Row, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(given, name) ? undefined : given[name]
}
