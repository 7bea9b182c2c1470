import { randomBytes } from 'node:crypto'
import { failure } from '../codes.ts'
import { rowsOf, type Batch, type Engine, type QueryOptions, type Row } from '../engine.ts'
import { distinctNames, resolveNames } from '../names.ts'
import { allNeeds, prepareOnce } from '../preparation.ts'
import { selectFrom, type Relation } from '../relation.ts'
import { ident, literal, raw } from '../sql.ts'
import { derive } from './derive.ts'
import { freeName } from './distinct.ts'
import { isNested, stagedType } from './staged-type.ts'
import { typeName } from './type-name.ts'

/** Gives the new columns' values of a row; a column left out has no value. */
export type MapFunction = (row: Row) => Row

/** Adds columns, or replaces those of the same name, by a JavaScript function over rows. */
export function map(
  engine: Engine,
  relation: Relation,
  columns: Readonly<Record<string, string>>,
  give: MapFunction,
  reads: readonly string[] | undefined,
): Relation {
  const names = distinctNames(Object.keys(columns), 'map')
  if (names.length === 0) throw failure('DS_COLUMN_UNKNOWN', 'map: name at least one column that the function gives')
  const types = names.map((name) => typeName(columns[name] as string, 'map'))
  const read = distinctNames(reads ? resolveNames(reads, relation.names, 'map') : relation.names, 'map')
  const name = `dayshift_map_${randomBytes(6).toString('hex')}`
  const made = freeName(relation.names)
  const fields = read.map((column) => `${literal(column).text}: ${ident(column).text}`)
  const called = selectFrom(relation, raw(`*, ${name}({${fields.join(', ')}}) AS ${ident(made).text}`), [
    ...relation.names,
    made,
  ])
  const values = names.map((column, at) => {
    const value = `${ident(made).text}.${ident(column).text}`
    const type = types[at] as string
    return [column, raw(`CAST(${isNested(type) ? `CAST(${value} AS JSON)` : value} AS ${type})`)] as const
  })
  // Over the names without the struct, which goes.
  const mapped = derive({ ...called, names: relation.names }, Object.fromEntries(values))
  const need = prepareOnce(`${name} is the function ${give.name || 'given to map'}`, (options) =>
    define(engine, name, names, types, give, options),
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
  const gives = names.map((column, at) => ({ name: column, nativeType: staged[at] as string }))
  const nested = types.map(isNested)
  await engine.define(name, gives, (batch) => valuesOf(batch, names, nested, give))
}

function valuesOf(
  batch: Batch,
  names: readonly string[],
  nested: readonly boolean[],
  give: MapFunction,
): readonly (readonly unknown[])[] {
  const values = names.map((): unknown[] => [])
  for (const row of rowsOf(batch)) {
    const given: unknown = give(row)
    if (typeof given !== 'object' || given === null || given instanceof Promise) {
      const what = given instanceof Promise ? 'a promise' : given === null ? 'null' : `a ${typeof given}`
      throw new TypeError(`it gave ${what}; it must give an object of the new columns`)
    }
    names.forEach((name, at) => {
      const value = (given as Row)[name] ?? null
      values[at]?.push(nested[at] && value !== null ? JSON.stringify(value) : value)
    })
  }
  return values
}
