import type { Engine } from '../engine.ts'
import type { Relation } from '../relation.ts'
import { raw, type Sql } from '../sql.ts'

/** A relation over a scan, with the names that the engine finds in it. */
export async function describe(engine: Engine, scan: Sql): Promise<Relation> {
  const columns = await engine.query(engine.dialect.describe(raw(`SELECT * FROM ${scan.text}`)).text)
  return { from: scan, names: columns.map(({ column_name }) => String(column_name)) }
}
