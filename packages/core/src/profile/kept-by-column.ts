import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../engine.ts'
import { queryOf, type Relation } from '../relation.ts'
import type { Column } from '../schema.ts'
import { newTable } from '../sources/table-name.ts'
import { raw, type Sql } from '../sql.ts'

/** Rows that are to be read column by column. */
export interface KeptRows {
  /** Keeps them. */
  readonly statement: string
  /** What they can be read from afterwards. */
  readonly from: Sql
  readonly remove: () => Promise<void>
}

/** Types that come out of a Parquet file as they went in. */
const FAITHFUL =
  /^(BOOLEAN|U?(TINY|SMALL)INT|U?INTEGER|U?BIGINT|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|VARCHAR|UUID|DATE|TIMESTAMP|TIMESTAMP WITH TIME ZONE)$/

/**
 * Plans to keep rows so that each column can be read by itself: in a Parquet file of the engine's, which takes no memory;
 * in a table where a type has no place in Parquet.
 *
 * @param columns types of all the relation's columns, as far as they are known
 */
export async function keptByColumn(engine: Engine, relation: Relation, columns: readonly Column[]): Promise<KeptRows> {
  const { dialect } = engine
  const name = newTable('columns')
  const types = new Map(columns.map((column) => [column.name, column.nativeType]))
  const faithful = relation.names.every((column) => FAITHFUL.test(types.get(column) ?? ''))
  if (!engine.scratch || !faithful) {
    return {
      statement: `CREATE TABLE ${name} AS ${queryOf(relation).text}`,
      from: raw(name),
      remove: async () => {
        await engine.query(`DROP TABLE IF EXISTS ${name}`)
      },
    }
  }
  const file = join(await engine.scratch(), `${name}.parquet`)
  const form = { format: 'parquet', compression: 'none', delimiter: ',', header: true, nulls: '' } as const
  return {
    statement: dialect.copy(queryOf(relation), file, form).text,
    from: dialect.scanParquet([file]),
    remove: () => rm(file, { force: true }),
  }
}
