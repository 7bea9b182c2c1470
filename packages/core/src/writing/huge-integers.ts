import { failure } from '../codes.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { queryOf, selectFrom, typesOf, type Relation } from '../relation.ts'
import { newTable } from '../sources/table-name.ts'
import { ident, join, raw } from '../sql.ts'

const LEAST = '-9223372036854775808'
const MOST = '9223372036854775807'

/**
 * Lets whole numbers of 128 bits into Parquet, which has none and would make doubles of them, as of every sum of whole
 * numbers: as 64 bits where all values fit, else as decimals of 38 digits. The rows are computed once, into a table, since
 * all of them must be seen first.
 *
 * @param write gets the relation to be written; the same one where there are no such columns
 * @throws DS_VALUE_MISFIT for a number of more than 38 digits
 */
export async function withoutHuge(
  engine: Engine,
  relation: Relation,
  options: QueryOptions,
  write: (relation: Relation) => Promise<void>,
): Promise<void> {
  const types = await typesOf(engine, relation, options)
  const huge = relation.names.filter((name) => /^U?HUGEINT$/.test(types.get(name) ?? ''))
  if (huge.length === 0) return write(relation)
  const table = newTable('huge')
  try {
    await engine.query(`CREATE TABLE ${table} AS ${queryOf(relation).text}`, options)
    const fitting = await typesFor(engine, table, huge, options)
    const values = relation.names.map((name) => {
      const type = fitting.get(name)
      const column = ident(name)
      return type === undefined ? column : raw(`CAST(${column.text} AS ${type}) AS ${column.text}`)
    })
    return await write(selectFrom({ from: raw(table), names: relation.names }, join(values), relation.names))
  } finally {
    await engine.query(`DROP TABLE IF EXISTS ${table}`)
  }
}

async function typesFor(
  engine: Engine,
  table: string,
  names: readonly string[],
  options: QueryOptions,
): Promise<ReadonlyMap<string, string>> {
  const tests = names.flatMap((name, at) => {
    const column = ident(name).text
    return [
      `bool_and(${column} BETWEEN ${LEAST} AND ${MOST}) AS small_${at}`,
      `bool_and(TRY_CAST(${column} AS DECIMAL(38, 0)) IS NOT NULL) FILTER (${column} IS NOT NULL) AS decimal_${at}`,
    ]
  })
  const [found] = await engine.query(`SELECT ${tests.join(', ')} FROM ${table}`, options)
  return new Map(
    names.map((name, at) => {
      if (found?.[`decimal_${at}`] === false) {
        throw failure(
          'DS_VALUE_MISFIT',
          `column '${name}' holds whole numbers of more than 38 digits, which the file has no place for`,
          {
            hint: `Write it as text: cast({ '${name}': 'VARCHAR' }).`,
          },
        )
      }
      return [name, found?.[`small_${at}`] === false ? 'DECIMAL(38, 0)' : 'BIGINT']
    }),
  )
}
